import { afterAll, beforeAll, expect, test } from 'vitest'
import { openLinkedVisit } from '../../src/asking/connect-visit.ts'
import { runRecipe } from '../../src/commands/jobs/run-recipe.ts'
import { actorOf } from '../../src/people/actor.ts'
import type { Person } from '../../src/people/person.ts'
import { connectAt, createOpportunity, startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { notices } from '../support/code-stage.ts'
import { makeCourier } from '../support/courier.ts'
import { installCourier, speak, speaksAs } from '../support/courier-stage.ts'
import { jobEnded } from '../support/run.ts'
import { until } from '../support/until.ts'

const courier = makeCourier({ issuer: 'https://id.courier.example' })
let behalf: TestBehalf
let installed: Awaited<ReturnType<typeof installCourier>>
let admin: TestPerson
let alice: TestPerson
beforeAll(async () => {
  behalf = await startTestBehalf({ surfaces: [courier.surface] })
  installed = await installCourier(behalf, { tenant: 'T1', label: 'Acme' })
  admin = await behalf.addPerson('Ada Admin', 'admin')
  alice = await behalf.addPerson('Alice Ng')
})
afterAll(() => behalf.stop())

const of = async ({ id }: { id: string }, by = admin) => (await by.api('GET', `/people/${id}/identities`)).body.data
const link = (to: { id: string }, identity: { id: string }, by = admin) =>
  by.api('POST', `/people/${to.id}/identities`, { identity_id: identity.id })
const unlink = (from: { id: string }, identity: { id: string }, by = admin) =>
  by.api('DELETE', `/people/${from.id}/identities/${identity.id}`)
const audited = async (person: { id: string }, action: string) =>
  (await behalf.owner.api('GET', `/audit_events?target_id=${person.id}&action=${action}`)).body.data[0]?.details

/** A person that a chat account made of itself, and that account. */
async function stray(user: string) {
  const person = await speaksAs(behalf, installed, { user })
  const [account] = await of(person)
  return { person, account }
}

/** Signs a person in as if they had come through Courier. */
async function signIn({ person: { id } }: TestPerson): Promise<void> {
  const { db } = behalf.database
  const { id: provider } = await db.selectFrom('sign_in_providers').select('id').executeTakeFirstOrThrow()
  await db.updateTable('sessions').set({ sign_in_provider_id: provider }).where('person_id', '=', id).execute()
}

test('nobody sees, links or unlinks accounts without the privilege', async () => {
  const { person, account } = await stray('u-quiet')
  for (const [method, path, body] of [
    ['GET', `/people/${person.id}/identities`],
    ['POST', `/people/${alice.person.id}/identities`, { identity_id: account.id }],
    ['DELETE', `/people/${person.id}/identities/${account.id}`],
  ] as const) {
    const answer = await fetch(new URL(`/api${path}`, behalf.url), { method, headers: { origin: behalf.url.origin } })
    expect(answer.status).toBe(401)
    expect((await alice.api(method, path, body)).body.error.code).toBe('forbidden')
  }
  expect(await of(person)).toEqual([account])
})

test('an administrator sees a person’s accounts in chats, where they are, and since when; never a password’s', async () => {
  const person = await speaksAs(behalf, installed, { user: 'U 1:2' })
  expect(await of(person)).toEqual([
    {
      id: expect.stringMatching(/^idn_/),
      kind: 'chat',
      label: 'Courier',
      place: 'Acme',
      account: 'U 1:2',
      linked_at: expect.any(String),
    },
  ])
  // Met in a shared channel: of a tenant where nothing is installed.
  await admin.api('PATCH', `/surface-installations/${installed.installation.id}`, { allows_strangers: true })
  const stranger = await speaksAs(
    behalf,
    { ...installed, installation: { ...installed.installation, allowsStrangers: true } },
    { user: 'U9', tenant: 'T9', kind: 'stranger' },
  )
  expect(await of(stranger)).toMatchObject([{ place: 'T9', account: 'U9' }])
  const nina = { name: 'Nina New', email: 'nina@acme.test', password: 'a long enough password' }
  const { body } = await admin.api('POST', '/people', nina)
  expect(await of(body.data)).toEqual([])
})

test('“this account is Alice’s”: what is said there is said as her from then on, and both are told', async () => {
  const { person: made, account } = await stray('U-alice')
  const linked = await link(alice.person, account)
  expect(linked).toMatchObject({ status: 200, body: { data: { id: account.id, account: 'U-alice' } } })
  expect(Date.parse(linked.body.data.linked_at)).toBeGreaterThan(Date.parse(account.linked_at))
  expect(await of(alice.person)).toEqual([linked.body.data])
  expect(await of(made)).toEqual([])
  expect((await speaksAs(behalf, installed, { user: 'U-alice' })).id).toBe(alice.person.id)
  expect(await audited(alice.person, 'person.identity_linked')).toEqual({
    surface: 'courier',
    tenant: 'T1',
    user: 'U-alice',
    how: 'administrator',
    from: made.id,
  })
  expect(await audited(made, 'person.identity_unlinked')).toMatchObject({ user: 'U-alice', to: alice.person.id })
  expect((await notices(alice, 1))[0]).toContain('the Courier account U-alice (Acme) to you')
  const told = behalf.database.db.selectFrom('outbox').select('id').where('person_id', '=', made.id)
  expect(await told.execute()).toHaveLength(1)
  // Once more changes nothing, and tells nobody.
  expect((await link(alice.person, account)).status).toBe(200)
  expect(await told.execute()).toHaveLength(1)
})

test('an account that is unlinked is nobody’s: its sessions and links end, and whoever speaks there is matched anew', async () => {
  const bob = await behalf.addPerson('Bob Ortiz')
  const profile = { user: 'U-bob', email: 'bob@acme.test', emailVerified: true }
  expect((await speaksAs(behalf, installed, profile)).id).toBe(bob.person.id)
  const [account] = await of(bob.person)
  const visit = await linkOf(bob.person)
  await signIn(bob)
  expect((await unlink(alice.person, account)).body.error.code).toBe('identity_not_found')
  expect((await unlink(bob.person, account)).status).toBe(204)
  expect((await unlink(bob.person, account)).body.error.code).toBe('identity_not_found')
  expect(await of(bob.person)).toEqual([])
  expect((await bob.api('GET', '/session')).status).toBe(401)
  const { status } = await behalf.database.db
    .selectFrom('connect_visits')
    .select('status')
    .where('id', '=', visit)
    .executeTakeFirstOrThrow()
  expect(status).toBe('superseded')
  expect(await audited(bob.person, 'person.identity_unlinked')).toEqual({
    surface: 'courier',
    tenant: 'T1',
    user: 'U-bob',
    sessions: 1,
  })
  expect((await speaksAs(behalf, installed, { user: 'U-bob' })).id).not.toBe(bob.person.id)
})

test('a job begun in a chat whose account is unlinked stays its person’s, who is asked and answered on the web alone', async () => {
  const parent = await behalf.addCrmParent()
  await behalf.connectParent(parent)
  const recipeId = await behalf.addRecipe(createOpportunity(parent, true))
  const dan = await behalf.addPerson('Dan Diaz')
  await speaksAs(behalf, installed, { user: 'U-dan', email: 'dan@acme.test', emailVerified: true })
  const origin = { surface: 'courier', address: { user: 'U-dan' } }
  const wanted = { recipeId, input: { name: 'Acme' }, origin, deliveryKey: null, waitMs: 0 }
  const { jobId } = await runRecipe(behalf.ctx, actorOf(dan.person), wanted)
  const toCourier = () => courier.delivered.filter(({ personId }) => personId === dan.person.id).length
  await until(() => toCourier() === 1)
  const [account] = await of(dan.person)
  expect((await unlink(dan.person, account)).status).toBe(204)
  await connectAt(dan, await dan.prompt(), 'Bob Ortiz')
  expect(await jobEnded(dan, jobId)).toMatchObject({ status: 'succeeded' })
  await until(async () => (await dan.chat()).some(({ text }) => text === 'Created Acme.'))
  expect(toCourier()).toBe(1)
})

test('what was begun through an account as its former person ends when it is linked to another', async () => {
  const carl = await behalf.addPerson('Carl Cole')
  await speaksAs(behalf, installed, { user: 'U-carl', email: 'carl@acme.test', emailVerified: true })
  const [account] = await of(carl.person)
  await signIn(carl)
  await linkOf(carl.person)
  expect((await link(alice.person, account)).status).toBe(200)
  expect((await carl.api('GET', '/session')).status).toBe(401)
  const open = behalf.database.db.selectFrom('connect_visits').select('id').where('status', '=', 'open')
  expect(await open.where('person_id', '=', carl.person.id).execute()).toEqual([])
})

test('an account is no way to become an owner, or to take one’s account: only an owner links and unlinks an owner’s', async () => {
  const { account } = await stray('U-mallory')
  expect((await link(behalf.owner.person, account)).body.error.code).toBe('role_refused')
  expect((await link(behalf.owner.person, account, behalf.owner)).status).toBe(200)
  expect((await link(alice.person, account)).body.error.code).toBe('role_refused')
  expect((await unlink(behalf.owner.person, account)).body.error.code).toBe('role_refused')
  expect((await link(alice.person, account, behalf.owner)).body.error.code).toBe('identity_not_linkable')
  expect((await unlink(behalf.owner.person, account, behalf.owner)).status).toBe(204)
})

test('whoever is deactivated stays shut out: their account is neither taken from them nor given to them', async () => {
  const { person: made, account } = await stray('U-gone')
  await admin.api('POST', `/people/${made.id}/deactivate`)
  expect((await unlink(made, account)).body.error.code).toBe('identity_of_deactivated')
  expect((await link(alice.person, account)).body.error.code).toBe('identity_of_deactivated')
  expect(await speak(behalf, installed, { user: 'U-gone' })).toHaveProperty('refused')
  const { account: other } = await stray('U-other')
  expect((await link(made, other)).body.error.code).toBe('identity_of_deactivated')
})

test('only a chat account is linked, and only to a human of this workspace', async () => {
  const { db } = behalf.database
  const { account } = await stray('U-last')
  const { body } = await admin.api('POST', '/people', { kind: 'service', name: 'Night shift' })
  expect((await link(body.data, account)).body.error.code).toBe('identity_not_linkable')
  const add = async (id: `idn_${string}`, subject: string, person: Person) => {
    await db
      .insertInto('identities')
      .values({ id, subject, person_id: person.id, workspace_id: person.workspaceId })
      .execute()
    return { id }
  }
  const nobody = await speaksAs(behalf, installed, { user: 'U-with-others' })
  const password = await add('idn_a', 'password:x@acme.test', nobody)
  const external = await add('idn_b', `external:${nobody.workspaceId}:nsp_a:7`, nobody)
  const oidc = await add('idn_c', 'oidc:https://id.acme.test:8443:ann', nobody)
  for (const each of [password, external]) {
    expect((await link(alice.person, each)).body.error.code).toBe('identity_not_found')
    expect((await unlink(nobody, each)).body.error.code).toBe('identity_not_found')
  }
  expect((await link(alice.person, oidc)).body.error.code).toBe('identity_not_linkable')
  expect(await of(nobody)).toMatchObject([
    { account: 'U-with-others' },
    { kind: 'sign_in', label: 'Sign-in provider', place: 'https://id.acme.test:8443', account: 'ann' },
  ])
  expect((await unlink(nobody, oidc)).status).toBe(204)
  expect((await link({ id: 'per_01hzzzzzzzzzzzzzzzzzzzzzzz' }, account)).body.error.code).toBe('person_not_found')
})

/** A connect link that a person was sent in Courier. */
async function linkOf({ id: personId, workspaceId }: Person): Promise<`vis_${string}`> {
  const now = new Date()
  const visit = { workspaceId, personId, jobId: null, parentId: null, surface: 'courier', returnTo: null, now }
  return (await openLinkedVisit(behalf.database.db, { ...visit, expiresAt: new Date(now.getTime() + 60_000) })).id
}

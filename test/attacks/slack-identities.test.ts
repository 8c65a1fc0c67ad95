import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { connectAt, type TestPerson } from '../support/behalf.ts'
import { linkIn, type SlackStage, startSlackStage } from '../support/slack/stage.ts'
import { ACME, GLOBEX } from '../support/slack/world.ts'
import { until } from '../support/until.ts'

const ASKED = 'works with your own Salesforce account'

const user = (id: string, name: string, email: string | null, emailConfirmed?: boolean) => ({
  id,
  name,
  realName: name,
  email,
  kind: 'member' as const,
  ...(emailConfirmed !== undefined && { emailConfirmed }),
})

/** People at Globex who say they have addresses of Acme’s people, and at Acme one who has not confirmed it. */
const COLLIDING = [
  user('U00GEVE', 'eve', 'alice@acme.test', true),
  user('U00GFAY', 'fay', 'alice@acme.test', false),
  user('U00GHAL', 'hal', 'alice@acme.test'),
]

let stage: SlackStage
let alice: TestPerson
beforeAll(async () => {
  const globex = { ...GLOBEX, users: [...GLOBEX.users, ...COLLIDING] }
  const acme = { ...ACME, users: [...ACME.users, user('U000IAN', 'ian', 'bob@acme.test', false)] }
  stage = await startSlackStage({ teams: [acme, globex], installedIn: ['T0000ACME', 'T00GLOBEX'] })
  alice = await stage.addPerson('Alice Ng')
  await stage.addPerson('Bob Ortiz')
})
afterAll(() => stage.stop())
beforeEach(() => allow('T00GLOBEX', { email_domains: ['globex.test'] }))

async function allow(tenant: string, settings: object): Promise<void> {
  const { body } = await stage.owner.api('GET', '/surfaces/slack')
  const { id } = body.data.installations.find((each: { tenant: string }) => each.tenant === tenant)
  expect((await stage.owner.api('PATCH', `/surface-installations/${id}`, settings)).status).toBe(200)
}

/** Whose person somebody of Slack is. */
async function personOf(tenant: string, id: string): Promise<{ name: string; email: string | null } | undefined> {
  return stage.database.db
    .selectFrom('identities')
    .innerJoin('persons', 'persons.id', 'identities.person_id')
    .select(['persons.name', 'persons.email'])
    .where('subject', '=', `slack:${tenant}:${id}`)
    .executeTakeFirst()
}

async function speak(name: string, team: string): Promise<void> {
  const somebody = stage.slack.person(name, team)
  await somebody.says('help')
  await somebody.reads('create opportunity')
}

test('same-user-id-other-workspace: U000ALICE of Globex in Slack is not U000ALICE of Acme', async () => {
  const { alice, slack } = stage
  await alice.says('create opportunity name: Hers')
  await stage.connect(alice, linkIn(await alice.reads(ASKED)), 'Alice Ng')
  await alice.reads('Created Hers.')
  const alan = slack.person('alan', 'T00GLOBEX')
  expect(alan.user.id).toBe(alice.user.id)
  await alan.says('create opportunity name: His')
  const prompt = await alan.reads(ASKED)
  expect(stage.ownerOf('His')).toBeUndefined()
  expect(await alice.sees()).not.toContainEqual(expect.objectContaining({ links: prompt.links }))
  await alan.says('connections')
  expect((await alan.reads('Here is a list')).text).not.toContain('alice@')
  const [hers, his] = [await personOf('T0000ACME', 'U000ALICE'), await personOf('T00GLOBEX', 'U000ALICE')]
  expect([hers?.email, his?.email]).toEqual(['alice@acme.test', 'alan@globex.test'])
})

test('same-user-id-other-workspace: who signs in with Slack at Globex does not open what is Alice’s of Acme', async () => {
  const { alice, slack } = stage
  await alice.says('connections')
  await alice.presses(await alice.reads('Here is a list'), 'Disconnect')
  await until(async () => (await alice.reads('Here is a list')).text.includes('[Disconnected]'))
  await alice.says('create opportunity name: Still hers')
  const link = linkIn(await alice.reads(ASKED))
  const browser = stage.browserOf(slack.person('alan', 'T00GLOBEX'))
  const page = await (await (await browser.open(link)).click('Sign in')).click('Sign in with Slack')
  expect(page.status).toBe(403)
  expect(stage.ownerOf('Still hers')).toBeUndefined()
})

test('same-user-id-other-workspace: an account that was unlinked since her job began is told nothing of it', async () => {
  const inSlack = stage.alice
  const before = (await inSlack.sees()).length
  await inSlack.says('create opportunity name: Unlinked')
  const link = await until(async () => {
    const prompt = (await inSlack.sees()).slice(before).find(({ text }) => text.includes(ASKED))
    return prompt && linkIn(prompt)
  })
  const subject = 'slack:T0000ACME:U000ALICE'
  await stage.database.db.deleteFrom('identities').where('subject', '=', subject).execute()
  await connectAt(alice, link, 'Alice Ng')
  await until(async () => (await stage.audit('job.message_undelivered')).length > 0)
  expect(await stage.audit('job.message_undelivered')).toContainEqual(
    expect.objectContaining({ code: 'not_their_account' }),
  )
  expect(stage.ownerOf('Unlinked')).toBe('alice')
  expect((await inSlack.sees()).filter(({ text }) => text.includes('Created Unlinked'))).toEqual([])
})

test.each([
  ['eve', 'U00GEVE', 'verified, of a domain that is not the team’s'],
  ['fay', 'U00GFAY', 'that was not verified'],
  ['hal', 'U00GHAL', 'of which nothing is said'],
])('email-collision: in Slack %s (%s) with Alice’s address, %s, is a person of their own', async (name, id) => {
  await speak(name, 'T00GLOBEX')
  expect(await personOf('T00GLOBEX', id)).toEqual({ name, email: null })
})

test('email-collision: in her own team too, only a verified address makes somebody Bob', async () => {
  await speak('ian', 'T0000ACME')
  expect(await personOf('T0000ACME', 'U000IAN')).toEqual({ name: 'ian', email: null })
  await speak('bob', 'T0000ACME')
  expect(await personOf('T0000ACME', 'U000BOB')).toEqual({ name: 'Bob Ortiz', email: 'bob@acme.test' })
})

test('email-collision: a stranger in a shared channel is never linked by an address', async () => {
  await allow('T0000ACME', { allows_strangers: true, email_domains: ['acme.test', 'globex.test'] })
  await stage.addPerson('Sam Globex')
  await stage.database.db
    .updateTable('persons')
    .set({ email: 'sam@globex.test' })
    .where('name', '=', 'Sam Globex')
    .execute()
  await speak('sam', 'T0000ACME')
  expect(await personOf('T00GLOBEX', 'U000SAM')).toEqual({ name: 'Sam Stranger', email: null })
})

test('email-collision: an installation that an administrator set makes nobody an owner', async () => {
  const { body } = await stage.owner.api('GET', '/surfaces/slack')
  const { id } = body.data.installations.find((each: { tenant: string }) => each.tenant === 'T0000ACME')
  const adam = await stage.addPerson('Adam Admin', 'admin')
  expect((await adam.api('PATCH', `/surface-installations/${id}`, { allows_guests: false })).status).toBe(200)
  const olivia = stage.slack.person('olivia')
  await olivia.says('help')
  await olivia.reads('only after an owner has saved')
  expect(await personOf('T0000ACME', 'U000OLIVIA')).toBeUndefined()
})

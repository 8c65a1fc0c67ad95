import { afterAll, beforeAll, expect, test } from 'vitest'
import { useConnection as connectionFor } from '../../src/connections/use-connection.ts'
import type { ConnectionId, PersonId, RecipeId } from '../../src/core/ids.ts'
import { footprintOf } from '../../src/recipes/footprint.ts'
import { loadRecipe } from '../../src/recipes/load-recipe.ts'
import { loadProgram } from '../../src/recipes/program.ts'
import { connectAt, createOpportunity, startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { createTwo } from '../support/recipes.ts'

let behalf: TestBehalf
let alice: TestPerson
let admin: TestPerson
let parent: ConnectionId
let nightly: RecipeId
let ahead = 0
beforeAll(async () => {
  behalf = await startTestBehalf({ consentPerRecipe: true, clock: () => new Date(Date.now() + ahead) })
  alice = await behalf.addPerson('Alice Ng')
  admin = await behalf.addPerson('Ada Admin', 'admin')
  parent = await behalf.addCrmParent()
  nightly = await behalf.addRecipe(createOpportunity(parent, true, 'nightly'))
}, 60_000)
afterAll(() => behalf?.stop())

const DAY_MS = 24 * 60 * 60 * 1000
const inDays = (days: number): string => new Date(Date.now() + ahead + days * DAY_MS).toISOString()

/** The one connection somebody has, connected ahead of any run. */
async function childOf(person: TestPerson): Promise<ConnectionId> {
  const mine = async () => (await person.api('GET', '/me/connections')).body.data[0].connection
  if (!(await mine())) {
    const { body } = await person.api('POST', `/me/connections/${parent}/connect`)
    await connectAt(person, body.data.url, 'Alice Ng')
  }
  return (await mine()).id
}

/** Lets a recipe use a person's connection without them; answers the delegation. */
async function delegated(person: TestPerson, recipeId: RecipeId, days: number): Promise<string> {
  const wanted = { connection_id: await childOf(person), recipe_id: recipeId, until: inDays(days) }
  const made = await person.api('POST', '/me/delegations', wanted)
  expect(made.status).toBe(201)
  return made.body.data.id
}

/** How a recipe that nobody runs finds this person's connection. */
async function standingOf(personId: PersonId, recipeId: RecipeId, by: 'consent' | 'delegation' = 'delegation') {
  const { workspaceId } = alice.person
  const program = await loadProgram(behalf.ctx.db, await loadRecipe(behalf.ctx.db, { workspaceId, recipeId }))
  const footprint = footprintOf(program, behalf.ctx.connectors)
  const used = await connectionFor(behalf.ctx, { parentId: parent, personId, recipe: { recipeId, footprint, by } })
  return used.kind === 'connect' ? used.reason : used.kind
}

test('a connection made ahead outlives a restart, and is listed with and without recipes that use it', async () => {
  const id = await childOf(alice)
  await behalf.restart()
  const listed = (await alice.api('GET', '/me/connections')).body.data
  expect(listed).toEqual([
    expect.objectContaining({ connection: expect.objectContaining({ id, status: 'connected' }) }),
  ])
  await behalf.owner.api('PUT', `/recipes/${nightly}/runners`, { everyone: false })
  expect((await alice.api('GET', '/me/connections')).body.data[0].connection.id).toBe(id)
  expect((await alice.api('POST', `/me/connections/${parent}/connect`)).status).toBe(200)
  await behalf.owner.api('PUT', `/recipes/${nightly}/runners`, { everyone: true })
})

test('a delegation is no consent, and a consent is no delegation', async () => {
  const given = await delegated(alice, nightly, 30)
  expect(await standingOf(alice.person.id, nightly, 'delegation')).toBe('ready')
  expect(await standingOf(alice.person.id, nightly, 'consent')).toBe('consent_needed')
  await behalf.ctx.db
    .updateTable('workspaces')
    .set({ settings: JSON.stringify({ skip_consent_per_recipe: true }) })
    .execute()
  expect(await standingOf(alice.person.id, nightly, 'consent')).toBe('ready')
  expect((await alice.api('DELETE', `/me/delegations/${given}`)).status).toBe(204)
  expect(await standingOf(alice.person.id, nightly, 'delegation')).toBe('consent_needed')
  await behalf.ctx.db.updateTable('workspaces').set({ settings: '{}' }).execute()
})

test('a delegation lapses when the recipe grows, and is given anew', async () => {
  const growing = await behalf.addRecipe(createOpportunity(parent, true, 'growing'))
  await delegated(alice, growing, 300)
  expect(await standingOf(alice.person.id, growing)).toBe('ready')
  const document = createTwo({ connectionId: parent, personal: true, command: 'growing' }) as { steps: object[] }
  document.steps.push({
    kind: 'action',
    name: 'look',
    connection: 'crm',
    action: 'run_soql',
    input: { query: 'select Id from Account' },
  })
  const saved = await behalf.owner.api('PUT', `/recipes/${growing}`, { document, expected_version: 1 })
  expect(saved.status).toBe(200)
  expect(await standingOf(alice.person.id, growing)).toBe('consent_needed')
  const listed = (await alice.api('GET', '/me/delegations')).body.data
  expect(listed[0]).toMatchObject({ state: 'lapsed', growth: ['run queries over records you can see'] })
  await delegated(alice, growing, 300)
  expect(await standingOf(alice.person.id, growing)).toBe('ready')
  expect((await alice.api('GET', '/me/delegations')).body.data[0].state).toBe('active')
})

test('nobody delegates the connection of another person, sees or ends what another delegated', async () => {
  const id = await childOf(alice)
  const given = await delegated(alice, nightly, 30)
  const bob = await behalf.addPerson('Bob Ortiz')
  for (const person of [bob, admin]) {
    const wanted = { connection_id: id, recipe_id: nightly, until: inDays(1) }
    expect((await person.api('POST', '/me/delegations', wanted)).body.error.code).toBe('connection_not_found')
    expect((await person.api('GET', '/me/delegations')).body.data).toEqual([])
    expect((await person.api('DELETE', `/me/delegations/${given}`)).status).toBe(404)
  }
  for (const until of [inDays(-1), inDays(400)]) {
    const wanted = { connection_id: id, recipe_id: nightly, until }
    const answer = await alice.api('POST', '/me/delegations', wanted)
    expect(answer.body.error.code).toBe('delegation_end_invalid')
  }
})

test('an administrator sees and ends what somebody delegated, by person, connection and parent', async () => {
  const given = await delegated(alice, nightly, 30)
  for (const of of [`person_id=${alice.person.id}`, `connection_id=${await childOf(alice)}`, `connection_id=${parent}`])
    expect((await admin.api('GET', `/delegations?${of}`)).body.data.map(({ id }: { id: string }) => id)).toContain(
      given,
    )
  expect((await admin.api('GET', `/delegations?person_id=${admin.person.id}`)).body.data).toEqual([])
  for (const [method, path] of [
    ['GET', '/delegations'],
    ['DELETE', `/delegations/${given}`],
  ] as const)
    expect((await alice.api(method, path)).status).toBe(403)
  expect((await admin.api('DELETE', `/delegations/${given}`)).status).toBe(204)
  expect((await admin.api('DELETE', `/delegations/${given}`)).body.error.code).toBe('delegation_not_found')
  expect(await standingOf(alice.person.id, nightly)).toBe('consent_needed')
  const { body } = await behalf.owner.api('GET', `/audit_events?target_id=${given}`)
  expect(body.data[0]).toMatchObject({ action: 'delegation.ended', details: { why: 'by_administrator' } })
})

test('a recipe uses a delegated connection, that recipe alone', async () => {
  const other = await behalf.addRecipe(createOpportunity(parent, true, 'other'))
  const fresh = await behalf.addRecipe(createOpportunity(parent, true, 'fresh'))
  const id = await childOf(alice)
  const personId = alice.person.id
  expect(await standingOf(personId, fresh)).toBe('consent_needed')
  await delegated(alice, fresh, 30)
  expect(await standingOf(personId, fresh)).toBe('ready')
  expect(await standingOf(personId, other)).toBe('consent_needed')
  const [shown] = (await alice.api('GET', '/me/delegations')).body.data
  expect(shown).toMatchObject({ state: 'active', growth: [], recipe: { id: fresh }, connection: { id } })
})

test('a deleted connection takes its delegations with it', async () => {
  const id = await childOf(alice)
  await delegated(alice, nightly, 30)
  await alice.api('DELETE', `/connections/${id}`)
  expect((await alice.api('GET', '/me/delegations')).body.data).toEqual([])
  await childOf(alice)
  expect(await standingOf(alice.person.id, nightly)).toBe('consent_needed')
})

test('a delegation ends with its date', async () => {
  await delegated(alice, nightly, 30)
  expect(await standingOf(alice.person.id, nightly)).toBe('ready')
  ahead += 31 * DAY_MS
  expect(await standingOf(alice.person.id, nightly)).toBe('consent_needed')
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import { useConnection as connectionFor } from '../../src/connections/use-connection.ts'
import type { ConnectionId, PersonId, RecipeId } from '../../src/core/ids.ts'
import { footprintOf } from '../../src/recipes/footprint.ts'
import { loadRecipe } from '../../src/recipes/load-recipe.ts'
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

/** Connects one's own account ahead of any run; answers the connection. */
async function connectAhead(person: TestPerson, as: string): Promise<ConnectionId> {
  const { body } = await person.api('POST', `/me/connections/${parent}/connect`)
  await connectAt(person, body.data.url, as)
  return childOf(person)
}

/** The one connection somebody has. */
async function childOf(person: TestPerson): Promise<ConnectionId> {
  const mine = (await person.api('GET', '/me/connections')).body.data
  return mine.find((each: { parent_id: string }) => each.parent_id === parent).connection.id
}

/** How a recipe that nobody runs finds this person's connection. */
async function standingOf(personId: PersonId, recipeId: RecipeId, by: 'consent' | 'delegation' = 'delegation') {
  const { workspaceId } = alice.person
  const { document } = await loadRecipe(behalf.ctx.db, { workspaceId, recipeId })
  const footprint = footprintOf(document, behalf.ctx.connectors)
  const used = await connectionFor(behalf.ctx, { parentId: parent, personId, recipe: { recipeId, footprint, by } })
  return used.kind === 'connect' ? used.reason : used.kind
}

test('a connection made ahead outlives a restart, and is listed with and without recipes that use it', async () => {
  const id = await connectAhead(alice, 'Alice Ng')
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
  const id = await childOf(alice)
  await alice.api('POST', '/me/delegations', { connection_id: id, recipe_id: nightly, until: inDays(30) })
  expect(await standingOf(alice.person.id, nightly, 'delegation')).toBe('ready')
  expect(await standingOf(alice.person.id, nightly, 'consent')).toBe('consent_needed')
  await behalf.ctx.db
    .updateTable('workspaces')
    .set({ settings: JSON.stringify({ skip_consent_per_recipe: true }) })
    .execute()
  expect(await standingOf(alice.person.id, nightly, 'consent')).toBe('ready')
  const [given] = (await alice.api('GET', '/me/delegations')).body.data
  expect((await alice.api('DELETE', `/me/delegations/${given.id}`)).status).toBe(204)
  expect(await standingOf(alice.person.id, nightly, 'delegation')).toBe('consent_needed')
  await behalf.ctx.db.updateTable('workspaces').set({ settings: '{}' }).execute()
})

test('a delegation lapses when the recipe grows, and is given anew', async () => {
  const id = await childOf(alice)
  const growing = await behalf.addRecipe(createOpportunity(parent, true, 'growing'))
  const wanted = { connection_id: id, recipe_id: growing, until: inDays(300) }
  await alice.api('POST', '/me/delegations', wanted)
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
  expect(listed[0]).toMatchObject({ state: 'lapsed', growth: [expect.stringContaining('run_soql')] })
  await alice.api('POST', '/me/delegations', wanted)
  expect(await standingOf(alice.person.id, growing)).toBe('ready')
  expect((await alice.api('GET', '/me/delegations')).body.data[0].state).toBe('active')
})

test('nobody delegates the connection of another person, sees or ends what another delegated', async () => {
  const id = await childOf(alice)
  const [given] = (await alice.api('GET', '/me/delegations')).body.data
  const bob = await behalf.addPerson('Bob Ortiz')
  for (const person of [bob, admin]) {
    const wanted = { connection_id: id, recipe_id: nightly, until: inDays(1) }
    expect((await person.api('POST', '/me/delegations', wanted)).body.error.code).toBe('connection_not_found')
    expect((await person.api('GET', '/me/delegations')).body.data).toEqual([])
    expect((await person.api('DELETE', `/me/delegations/${given.id}`)).status).toBe(404)
  }
  for (const until of [inDays(-1), inDays(400)]) {
    const answer = await alice.api('POST', '/me/delegations', {
      connection_id: id,
      recipe_id: nightly,
      until,
    })
    expect(answer.body.error.code).toBe('delegation_end_invalid')
  }
})

test('a recipe uses a delegated connection, that recipe alone, until its date', async () => {
  const other = await behalf.addRecipe(createOpportunity(parent, true, 'other'))
  const id = await childOf(alice)
  const personId = alice.person.id
  expect(await standingOf(personId, nightly)).toBe('consent_needed')
  const wanted = { connection_id: id, recipe_id: nightly, until: inDays(30) }
  expect((await alice.api('POST', '/me/delegations', wanted)).status).toBe(201)
  expect(await standingOf(personId, nightly)).toBe('ready')
  expect(await standingOf(personId, other)).toBe('consent_needed')
  const [shown] = (await alice.api('GET', '/me/delegations')).body.data
  expect(shown).toMatchObject({ state: 'active', growth: [], recipe: { id: nightly }, connection: { id } })
})

test('a deleted connection takes its delegations with it', async () => {
  const id = await childOf(alice)
  expect((await alice.api('GET', '/me/delegations')).body.data).not.toEqual([])
  await alice.api('DELETE', `/connections/${id}`)
  expect((await alice.api('GET', '/me/delegations')).body.data).toEqual([])
  await connectAhead(alice, 'Alice Ng')
  expect(await standingOf(alice.person.id, nightly)).toBe('consent_needed')
})

test('a delegation ends with its date', async () => {
  const id = await childOf(alice)
  await alice.api('POST', '/me/delegations', { connection_id: id, recipe_id: nightly, until: inDays(30) })
  expect(await standingOf(alice.person.id, nightly)).toBe('ready')
  ahead += 31 * DAY_MS
  expect(await standingOf(alice.person.id, nightly)).toBe('consent_needed')
})

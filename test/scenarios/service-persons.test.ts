import { afterAll, beforeAll, expect, test } from 'vitest'
import { useConnection as connectionFor } from '../../src/connections/use-connection.ts'
import type { ConnectionId, PersonId, RecipeId } from '../../src/core/ids.ts'
import { footprintOf } from '../../src/recipes/footprint.ts'
import { loadRecipe } from '../../src/recipes/load-recipe.ts'
import { loadProgram } from '../../src/recipes/program.ts'
import { connectAt, createOpportunity, startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'

let behalf: TestBehalf
let alice: TestPerson
let admin: TestPerson
let parent: ConnectionId
let nightly: RecipeId
const ahead = 0
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

/** How a recipe that nobody runs finds this person's connection. */
async function standingOf(personId: PersonId, recipeId: RecipeId, by: 'consent' | 'delegation' = 'delegation') {
  const { workspaceId } = alice.person
  const program = await loadProgram(behalf.ctx.db, await loadRecipe(behalf.ctx.db, { workspaceId, recipeId }))
  const footprint = footprintOf(program, behalf.ctx.connectors)
  const used = await connectionFor(behalf.ctx, { parentId: parent, personId, recipe: { recipeId, footprint, by } })
  return used.kind === 'connect' ? used.reason : used.kind
}

test('a service person is connected by an administrator, who is on record, and delegated by them', async () => {
  const made = await admin.api('POST', '/people', { kind: 'service', name: 'Night shift' })
  expect(made.body.data).toMatchObject({ kind: 'service', email: null, initial_password: null })
  const { id } = made.body.data
  const begun = await admin.api('POST', `/people/${id}/connections`, { parent_id: parent })
  const page = await connectAt(admin, begun.body.data.url, 'Carol Diaz')
  expect(page.text()).toContain('Salesforce is connected')
  const children = await admin.api('GET', `/connections/runtime_user_connections?person_id=${id}`)
  const [child] = children.body.data
  expect(child).toMatchObject({ status: 'connected', person: { name: 'Night shift' } })
  const events = await behalf.owner.api('GET', `/audit_events?person_id=${admin.person.id}`)
  const done = events.body.data.filter(({ action }: { action: string }) => /^connect\./.test(action))
  expect(done.map(({ action }: { action: string }) => action)).toEqual(['connect.done_for', 'connect.link_made'])
  const wanted = { connection_id: child.id, recipe_id: nightly, until: inDays(90) }
  expect((await admin.api('POST', '/me/delegations', wanted)).status).toBe(201)
  expect(await standingOf(id, nightly)).toBe('ready')
})

test('nobody connects for a human, and nobody without the privilege for a service person', async () => {
  const { id } = (await admin.api('POST', '/people', { kind: 'service', name: 'Second shift' })).body.data
  const wanted = { parent_id: parent }
  const forAlice = await admin.api('POST', `/people/${alice.person.id}/connections`, wanted)
  expect(forAlice.body.error.code).toBe('person_not_service')
  expect((await alice.api('POST', `/people/${id}/connections`, wanted)).status).toBe(403)
  const { url } = (await admin.api('POST', `/people/${id}/connections`, wanted)).body.data
  const page = await alice.browser.open(url)
  expect(page.status).toBe(403)
  expect(page.forms).toEqual([])
})

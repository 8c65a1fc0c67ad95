import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConnectionId, RecipeId } from '../../src/core/ids.ts'
import { connectAt, startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { createOne } from '../support/recipes.ts'
import { jobEnded, jobIn, startJob } from '../support/run.ts'

let behalf: TestBehalf
let alice: TestPerson
let bob: TestPerson
let parent: ConnectionId
let recipe: RecipeId
let child: ConnectionId

const place = () => ({ project_id: behalf.projectId, environment: 'PROD' })
const listed = async (viewer: TestPerson, query = '') => {
  const { status, body } = await viewer.api('GET', `/connections${query}`)
  return { status, ids: (body.data ?? []).map(({ id }: { id: string }) => id) }
}

beforeAll(async () => {
  behalf = await startTestBehalf()
  alice = await behalf.addPerson('Alice Ng')
  bob = await behalf.addPerson('Bob Ortiz')
  parent = await behalf.addCrmParent()
  recipe = await behalf.addRecipe(createOne({ connectionId: parent, personal: true, command: 'mine' }))
  const job = await startJob(alice, recipe, { name: 'First' })
  const { body } = await alice.api('POST', `/me/connections/${parent}/connect`)
  await connectAt(alice, body.data.url, 'Alice Ng')
  await jobIn(alice, job, 'succeeded')
  const mine = await alice.api('GET', '/me/connections')
  child = mine.body.data[0].connection.id
})
afterAll(() => behalf.stop())

test('P5: a child connection is chosen in no recipe: not by making, saving or importing one', async () => {
  for (const personal of [false, true]) {
    const document = createOne({ connectionId: child, personal, command: `stolen ${personal}` })
    const made = await behalf.owner.api('POST', '/recipes', { ...place(), document })
    const saved = await behalf.owner.api('PUT', `/recipes/${recipe}`, { document, expected_version: 1 })
    for (const answer of [made, saved])
      expect(answer).toMatchObject({
        status: 422,
        body: { error: { code: 'recipe_invalid', details: { problems: [{ code: 'connection_missing' }] } } },
      })
  }
  const { body: file } = await behalf.owner.api('GET', `/recipes/${recipe}/export`)
  expect(JSON.stringify(file)).not.toMatch(/con_/)
  const withId = structuredClone(file)
  withId.recipe.connections.crm = { connector: 'salesforce', connection_id: child, personal: true }
  expect((await behalf.owner.api('POST', '/recipes/import', { ...place(), file: withId })).status).toBe(422)
  // The child bears its parent's name, and is not found by it.
  const { body: imported } = await behalf.owner.api('POST', '/recipes/import', { ...place(), file })
  expect(imported.data.document.connections.crm.connection_id).toBe(parent)
})

test('P5: a child is listed only when it is asked for, and to those who may view runtime user connections', async () => {
  const analyst = await behalf.addPerson('Ann Analyst', 'analyst')
  expect(await listed(analyst)).toMatchObject({ status: 200, ids: [parent] })
  expect((await listed(analyst, '?include_runtime_connections=true')).ids.sort()).toEqual([child, parent].sort())
  expect((await listed(analyst, `?parent_id=${parent}`)).ids).toEqual([])

  const privileges = ['connections.view']
  const { body } = await behalf.owner.api('POST', '/api_keys', { name: 'Picker', privileges })
  const headers = { authorization: `Bearer ${body.data.token}` }
  const asKey = (path: string) => fetch(new URL(`/api${path}`, behalf.url), { headers })
  expect(JSON.stringify(await (await asKey('/connections')).json())).not.toContain(child)
  for (const path of ['?include_runtime_connections=true', '/runtime_user_connections', `/${child}`])
    expect((await asKey(`/connections${path}`)).status).toBe(403)
  expect((await bob.api('GET', `/connections/${child}`)).status).toBe(403)
  expect((await alice.api('GET', `/connections/${child}`)).status).toBe(200)
})

test('P5: a child is used for its own person alone, under its own parent alone', async () => {
  const bobs = await startJob(bob, recipe, { name: 'Of Bob' })
  await jobIn(bob, bobs, 'waiting_for_connection')
  const other = await behalf.addCrmParent('Salesforce, second')
  const elsewhere = await behalf.addRecipe(createOne({ connectionId: other, personal: true, command: 'elsewhere' }))
  await jobIn(alice, await startJob(alice, elsewhere, { name: 'Elsewhere' }), 'waiting_for_connection')
  expect(behalf.crm.opportunities().map(({ name }) => name)).toEqual(['First'])
})

test('P5: a child’s id that came into a recipe past every check is still not used', async () => {
  const { db } = behalf.database
  const forged = await behalf.addRecipe(createOne({ connectionId: parent, personal: true, command: 'forged' }))
  for (const personal of [false, true]) {
    await sql`update recipe_versions set document = jsonb_set(document, '{connections,crm}', ${JSON.stringify({
      connector: 'salesforce',
      connection_id: child,
      personal,
    })}::jsonb) where recipe_id = ${forged}`.execute(db)
    await behalf.restart()
    for (const person of [alice, bob]) {
      const job = await startJob(person, forged, { name: `Forged ${personal}` })
      expect(await jobEnded(person, job)).toMatchObject({ status: 'failed' })
    }
  }
  expect(behalf.crm.opportunities().map(({ name }) => name)).toEqual(['First'])
})

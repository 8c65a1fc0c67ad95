import { afterAll, expect, test } from 'vitest'
import { newId } from '#core/ids.ts'
import { testDatabase } from '../../test/support/database.ts'
import {
  exampleRecipe,
  imaginaryConnectors,
  insertPerson,
  insertWorkspace,
} from '../../test/support/recipe-fixtures.ts'
import { createRecipe } from './create-recipe.ts'
import { deleteRecipe } from './delete-recipe.ts'
import { makeExpressionPool } from './expressions/expression-pool.ts'
import { listRunnableCommands, listRunnableRecipes, mayRun } from './runnable-recipes.ts'
import { loadRunners, type Runners, setRunners } from './runners.ts'
import { startRecipe } from './start-recipe.ts'
import { stopRecipe } from './stop-recipe.ts'

const { db, drop } = await testDatabase()
afterAll(drop)
const dependencies = {
  db,
  connectors: imaginaryConnectors,
  expressions: makeExpressionPool(),
  clock: () => new Date(),
}
const home = await insertWorkspace(db)
const { workspaceId } = home
const [alice, bob] = [await insertPerson(db, workspaceId, 'Alice Ng'), await insertPerson(db, workspaceId, 'Bob Ortiz')]
const sales = newId('group')
await db.insertInto('groups').values({ id: sales, workspace_id: workspaceId, name: 'Sales' }).execute()
await db.insertInto('group_members').values({ group_id: sales, person_id: bob }).execute()

async function startedRecipe(trigger: Record<string, unknown>, name = 'r') {
  const steps = [{ kind: 'reply', name: 'say', text: 'hello' }]
  const document = exampleRecipe(null, { trigger, steps, name })
  const { id } = await createRecipe(db, { ...home, environment: 'PROD', approve: () => {}, document })
  await startRecipe(dependencies, { workspaceId, recipeId: id })
  return id
}
const share = (recipeId: Awaited<ReturnType<typeof startedRecipe>>, runners: Partial<Runners>) =>
  setRunners(db, { workspaceId, recipeId, everyone: false, personIds: [], groupIds: [], ...runners })
const whoMayRun = async (recipeId: Awaited<ReturnType<typeof startedRecipe>>) => [
  await mayRun(db, { personId: alice, recipeId }),
  await mayRun(db, { personId: bob, recipeId }),
]

test('a recipe is run by whom it is shared with: a person, a group of theirs, everyone, at first nobody', async () => {
  const recipeId = await startedRecipe({ kind: 'command', command: 'shared' })
  expect(await whoMayRun(recipeId)).toEqual([false, false])
  await share(recipeId, { personIds: [alice, alice] })
  expect(await whoMayRun(recipeId)).toEqual([true, false])
  await share(recipeId, { groupIds: [sales] })
  expect(await whoMayRun(recipeId)).toEqual([false, true])
  await share(recipeId, { everyone: true })
  expect(await whoMayRun(recipeId)).toEqual([true, true])
  await share(recipeId, { personIds: [alice], groupIds: [sales] })
  expect(await loadRunners(db, recipeId)).toEqual({
    people: [{ id: alice, name: 'Alice Ng' }],
    groups: [{ id: sales, name: 'Sales' }],
  })
})

test('everyone means everyone of the workspace, and nobody for a deleted recipe', async () => {
  const recipeId = await startedRecipe({ kind: 'command', command: 'for all' })
  await share(recipeId, { everyone: true })
  const stranger = (await insertWorkspace(db)).personId
  expect(await mayRun(db, { personId: stranger, recipeId })).toBe(false)
  await deleteRecipe(db, { workspaceId, recipeId })
  expect(await whoMayRun(recipeId)).toEqual([false, false])
})

test('a recipe is shared with nobody of another workspace', async () => {
  const recipeId = await startedRecipe({ kind: 'command', command: 'at home' })
  await share(recipeId, { personIds: [alice] })
  const { personId: stranger } = await insertWorkspace(db)
  const sharing = share(recipeId, { personIds: [bob, stranger] })
  await expect(sharing).rejects.toMatchObject({ code: 'runner_unknown', details: { ids: [stranger] } })
  await expect(share(recipeId, { groupIds: [newId('group')] })).rejects.toMatchObject({ code: 'runner_unknown' })
  expect(await whoMayRun(recipeId)).toEqual([true, false])
})

test('lists to each person what they can invoke: shared, started and no webhook', async () => {
  const { workspaceId: own, ...rest } = await insertWorkspace(db)
  const person = { workspaceId: own, personId: rest.personId }
  const make = async (trigger: Record<string, unknown>, name: string, runners: Partial<Runners>) => {
    const document = exampleRecipe(null, { trigger, name, steps: [{ kind: 'reply', name: 'say', text: 'hello' }] })
    const approve = () => {}
    const { id } = await createRecipe(db, { workspaceId: own, ...rest, environment: 'PROD', approve, document })
    await startRecipe(dependencies, { workspaceId: own, recipeId: id })
    const nobody = { everyone: false, personIds: [], groupIds: [] }
    await setRunners(db, { workspaceId: own, recipeId: id, ...nobody, ...runners })
    return id
  }
  await make({ kind: 'command', command: 'zebra' }, 'A', { everyone: true })
  await make({ kind: 'command', command: 'ant' }, 'B', { personIds: [rest.personId] })
  await make({ kind: 'api' }, 'C', { everyone: true })
  await make({ kind: 'command', command: 'hidden' }, 'D', {})
  await make({ kind: 'webhook' }, 'E', { everyone: true })
  const stopped = await make({ kind: 'command', command: 'stopped' }, 'F', { everyone: true })
  await stopRecipe(db, { workspaceId: own, recipeId: stopped, reason: null })
  expect((await listRunnableRecipes(db, person)).map(({ name }) => name)).toEqual(['A', 'B', 'C'])
  expect((await listRunnableCommands(db, person)).map(({ trigger }) => trigger.command)).toEqual(['ant', 'zebra'])
})

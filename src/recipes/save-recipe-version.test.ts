import { afterAll, expect, test } from 'vitest'
import { testDatabase } from '../../test/support/database.ts'
import {
  exampleRecipe,
  imaginaryConnectors,
  insertConnection,
  insertPerson,
  insertProject,
  insertWorkspace,
  personalRecipe,
} from '../../test/support/recipe-fixtures.ts'
import type { RecipeChange } from './approve-change.ts'
import { createRecipe } from './create-recipe.ts'
import { makeExpressionPool } from './expressions/expression-pool.ts'
import { listRecipes, listRecipeVersions } from './list-recipes.ts'
import { loadRecipe, loadRecipeVersion } from './load-recipe.ts'
import { restoreVersion } from './restore-version.ts'
import { saveRecipeVersion } from './save-recipe-version.ts'
import { startRecipe } from './start-recipe.ts'

const { db, drop } = await testDatabase()
afterAll(drop)
const dependencies = {
  db,
  connectors: imaginaryConnectors,
  expressions: makeExpressionPool(),
  clock: () => new Date(),
}

const home = await insertWorkspace(db)
const { workspaceId, personId } = home
const connectionId = await insertConnection(db, home)
const approve = () => {}
const refuse = () => {
  throw new Error('not approved')
}
const place = { ...home, environment: 'PROD' as const }
const create = (document: unknown) => createRecipe(db, { ...place, approve, document })
const connectionsOf = (recipeId: string) =>
  db
    .selectFrom('recipe_connections')
    .select(['connection_id', 'personal'])
    .where('recipe_id', '=', recipeId as 'rcp_')
    .execute()

test('a new recipe is stopped, version 1, shared with nobody and found by its workspace', async () => {
  const recipe = await create(exampleRecipe(connectionId))
  expect(recipe).toMatchObject({
    ...{ workspaceId, projectId: home.projectId, environment: 'PROD', name: 'Create opportunity', createdBy: personId },
    ...{ status: 'stopped', stoppedReason: null, version: 1, sharedWithEveryone: false },
  })
  expect(await loadRecipe(db, { workspaceId, recipeId: recipe.id })).toEqual(recipe)
  expect(await connectionsOf(recipe.id)).toEqual([{ connection_id: connectionId, personal: false }])
  const other = await insertWorkspace(db)
  await expect(loadRecipe(db, { workspaceId: other.workspaceId, recipeId: recipe.id })).rejects.toMatchObject({
    code: 'recipe_not_found',
    status: 404,
  })
})

test('a recipe cannot be made in a project of another workspace', async () => {
  const { projectId } = await insertWorkspace(db)
  const making = createRecipe(db, { ...place, projectId, approve, document: exampleRecipe(connectionId) })
  await expect(making).rejects.toMatchObject({ code: 'project_not_found' })
})

test('no document names a child, another workspace’s connection or none at all', async () => {
  const child = await insertConnection(db, { ...home, child: { parentId: connectionId, personId } })
  const foreign = await insertConnection(db, await insertWorkspace(db))
  const recipe = await create(exampleRecipe(connectionId))
  for (const id of [child, foreign, 'con_none']) {
    const missing = { code: 'recipe_invalid', details: { problems: [{ code: 'connection_missing' }] } }
    await expect(create(exampleRecipe(id))).rejects.toMatchObject(missing)
    const saving = saveRecipeVersion(dependencies, { ...changeOf(recipe.id, 1), document: personalRecipe(id) })
    await expect(saving).rejects.toMatchObject(missing)
  }
  expect((await loadRecipe(db, { workspaceId, recipeId: recipe.id })).version).toBe(1)
})

test('saving adds a version, keeps the old one and brings the named connections in step', async () => {
  const recipe = await create(exampleRecipe(connectionId))
  const document = personalRecipe(connectionId, { name: 'Renamed' })
  const saved = await saveRecipeVersion(dependencies, { ...changeOf(recipe.id, 1), comment: 'as me', document })
  expect(saved).toMatchObject({ webhookSecret: null, recipe: { version: 2, name: 'Renamed' } })
  expect(await connectionsOf(recipe.id)).toEqual([{ connection_id: connectionId, personal: true }])
  expect(await loadRecipeVersion(db, recipe.id, 1)).toEqual(recipe.document)
  expect(await listRecipeVersions(db, recipe.id)).toMatchObject([
    { version: 2, comment: 'as me', createdBy: { id: personId, name: 'Alice Ng' } },
    { version: 1, comment: null },
  ])
  await expect(loadRecipeVersion(db, recipe.id, 3)).rejects.toMatchObject({ code: 'recipe_version_not_found' })
})

test('of two changes that began from the same version one is saved', async () => {
  const recipe = await create(exampleRecipe(connectionId))
  const outcomes = await Promise.allSettled(
    ['one', 'two', 'three'].map((name) =>
      saveRecipeVersion(dependencies, { ...changeOf(recipe.id, 1), document: exampleRecipe(connectionId, { name }) }),
    ),
  )
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') {
      expect(outcome.reason).toMatchObject({
        code: 'recipe_version_conflict',
        status: 409,
        details: { current_version: 2 },
      })
    }
  }
})

test('every way of writing a document asks for approval, tells what changes, and writes nothing when refused', async () => {
  const asked: Pick<RecipeChange, 'switchChanged'>[] = []
  const noting = (change: RecipeChange) => {
    asked.push({ switchChanged: change.switchChanged })
  }
  const recipe = await createRecipe(db, { ...place, approve: noting, document: personalRecipe(connectionId) })
  const change = { ...changeOf(recipe.id, 1), approve: noting }
  await saveRecipeVersion(dependencies, { ...change, document: personalRecipe(connectionId, { name: 'Other' }) })
  await saveRecipeVersion(dependencies, { ...change, expectedVersion: 2, document: exampleRecipe(connectionId) })
  await restoreVersion(dependencies, { ...change, expectedVersion: 3, version: 1 })
  expect(asked.map(({ switchChanged }) => switchChanged)).toEqual([true, false, true, true])

  const refused = { ...changeOf(recipe.id, 4), approve: refuse }
  const saving = saveRecipeVersion(dependencies, { ...refused, document: exampleRecipe(connectionId) })
  await expect(saving).rejects.toThrow('not approved')
  await expect(restoreVersion(dependencies, { ...refused, version: 3 })).rejects.toThrow('not approved')
  await expect(createRecipe(db, { ...place, approve: refuse, document: personalRecipe(connectionId) })).rejects.toThrow(
    'not approved',
  )
  expect((await loadRecipe(db, { workspaceId, recipeId: recipe.id })).version).toBe(4)
  expect(await listRecipeVersions(db, recipe.id)).toHaveLength(4)
})

test('restoring an earlier version makes a new one of it', async () => {
  const recipe = await create(exampleRecipe(connectionId))
  await saveRecipeVersion(dependencies, { ...changeOf(recipe.id, 1), document: personalRecipe(null) })
  const { recipe: restored } = await restoreVersion(dependencies, { ...changeOf(recipe.id, 2), version: 1 })
  expect(restored).toMatchObject({ version: 3, document: recipe.document })
  expect((await listRecipeVersions(db, recipe.id))[0]).toMatchObject({ version: 3, comment: 'Version 1 restored' })
  const stale = restoreVersion(dependencies, { ...changeOf(recipe.id, 2), version: 1 })
  await expect(stale).rejects.toMatchObject({ code: 'recipe_version_conflict' })
})

test('a stopped recipe takes a version that is not ready, a started one refuses it and runs on as it was', async () => {
  const document = exampleRecipe(connectionId, { trigger: { kind: 'api' }, steps: [reply('hello')] })
  const recipe = await create(document)
  const unready = { ...document, steps: [] }
  await saveRecipeVersion(dependencies, { ...changeOf(recipe.id, 1), document: unready })
  await saveRecipeVersion(dependencies, { ...changeOf(recipe.id, 2), document })
  await startRecipe(dependencies, { workspaceId, recipeId: recipe.id })
  const saving = saveRecipeVersion(dependencies, { ...changeOf(recipe.id, 3), document: unready })
  await expect(saving).rejects.toMatchObject({
    code: 'recipe_invalid',
    details: { problems: [{ path: 'steps', code: 'steps_missing' }] },
  })
  const kept = await loadRecipe(db, { workspaceId, recipeId: recipe.id })
  expect(kept).toMatchObject({ status: 'started', version: 3 })
  expect(await listRecipeVersions(db, recipe.id)).toHaveLength(3)
})

test('lists a workspace’s recipes newest first, by page and project', async () => {
  const own = await insertWorkspace(db)
  const projectId = await insertProject(db, own.workspaceId)
  const ids: string[] = []
  for (const project of [own.projectId, projectId, own.projectId]) {
    const document = exampleRecipe(null)
    const made = await createRecipe(db, { ...own, projectId: project, environment: 'DEV', approve, document })
    ids.unshift(made.id)
  }
  const idsOf = async (page: Omit<Parameters<typeof listRecipes>[1], 'workspaceId'>) =>
    (await listRecipes(db, { workspaceId: own.workspaceId, ...page })).map(({ id }) => id)
  expect(await idsOf({ limit: 10 })).toEqual(ids)
  const firstPage = await idsOf({ limit: 2 })
  expect(firstPage).toEqual(ids.slice(0, 2))
  expect(await idsOf({ limit: 2, before: firstPage[1] as 'rcp_' })).toEqual(ids.slice(2))
  expect(await idsOf({ limit: 10, projectId })).toEqual([ids[1]])
})

test('a version may be saved by nobody in particular', async () => {
  const recipe = await create(exampleRecipe(connectionId))
  await insertPerson(db, workspaceId)
  const change = { ...changeOf(recipe.id, 1), personId: null, document: exampleRecipe(null) }
  await saveRecipeVersion(dependencies, change)
  expect((await listRecipeVersions(db, recipe.id))[0]).toMatchObject({ createdBy: null })
})

function changeOf(recipeId: Awaited<ReturnType<typeof create>>['id'], expectedVersion: number) {
  return { workspaceId, recipeId, expectedVersion, personId, approve }
}

function reply(text: string) {
  return { kind: 'reply', name: 'say', text }
}

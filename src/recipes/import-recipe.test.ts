import { afterAll, expect, test } from 'vitest'
import { testDatabase } from '../../test/support/database.ts'
import { insertConnection, insertProject, insertWorkspace, personalRecipe } from '../../test/support/recipe-fixtures.ts'
import type { RecipeChange } from './approve-change.ts'
import { copyRecipe } from './copy-recipe.ts'
import { createRecipe } from './create-recipe.ts'
import { exportRecipe } from './export-recipe.ts'
import { importRecipe } from './import-recipe.ts'

const { db, drop } = await testDatabase()
afterAll(drop)
const home = await insertWorkspace(db)
const { workspaceId, personId } = home
const approve = () => {}
const place = { ...home, environment: 'PROD' as const, approve }

const connectionId = await insertConnection(db, { ...home, name: 'Acme CRM' })
const recipe = await createRecipe(db, { ...place, document: personalRecipe(connectionId) })
const file = await exportRecipe(db, { workspaceId, recipeId: recipe.id })

test('an export is one file without an id in it', () => {
  const text = JSON.stringify(file)
  for (const id of [connectionId, recipe.id, workspaceId, home.projectId, personId]) expect(text).not.toContain(id)
  expect(file.recipe.connections).toEqual({
    crm: { connector: 'crm', connection: { connector: 'crm', name: 'Acme CRM' }, personal: true },
  })
})

test('an export is only for the recipe’s own workspace', async () => {
  const { workspaceId: foreign } = await insertWorkspace(db)
  await expect(exportRecipe(db, { workspaceId: foreign, recipeId: recipe.id })).rejects.toMatchObject({
    code: 'recipe_not_found',
  })
})

test('an import finds its connections again by connector and name, and makes the same recipe', async () => {
  const imported = await importRecipe(db, { ...place, file: JSON.parse(JSON.stringify(file)) })
  expect(imported).toMatchObject({ status: 'stopped', version: 1, sharedWithEveryone: false })
  expect(imported.id).not.toBe(recipe.id)
  expect(imported.document).toEqual(recipe.document)
})

test('an import elsewhere takes the connection of that project and environment, or leaves it to be chosen', async () => {
  const projectId = await insertProject(db, workspaceId)
  const chosen = async (environment: 'DEV' | 'TEST') =>
    (await importRecipe(db, { ...place, projectId, environment, file })).document.connections.crm?.connection_id
  expect(await chosen('DEV')).toBeNull()

  const dev = { workspaceId, projectId, environment: 'DEV' as const, name: 'Acme CRM' }
  await insertConnection(db, { ...dev, connector: 'tracker' })
  await insertConnection(db, { ...dev, name: 'Other' })
  const parent = await insertConnection(db, dev)
  await insertConnection(db, { ...dev, child: { parentId: parent, personId } })
  expect(await chosen('DEV')).toBe(parent)
  expect(await chosen('TEST')).toBeNull()

  const second = await insertConnection(db, dev)
  expect(await chosen('DEV')).toBeNull()
  await db.updateTable('connections').set({ deleted_at: new Date() }).where('id', '=', parent).execute()
  expect(await chosen('DEV')).toBe(second)
})

test('ids in a file are refused, and so is what is no export of ours', async () => {
  const crm = { connector: 'crm', connection_id: connectionId, personal: true }
  for (const bad of [
    { ...file, recipe: { ...file.recipe, connections: { crm } } },
    { ...file, format: 'behalf-recipe/99' },
    personalRecipe(connectionId),
    null,
    JSON.parse('{"format":"behalf-recipe/1","recipe":{"__proto__":{}}}'),
  ]) {
    await expect(importRecipe(db, { ...place, file: bad })).rejects.toMatchObject({ code: 'recipe_invalid' })
  }
  await expect(importRecipe(db, { ...place, file: { ...file, recipe: { name: 'r' } } })).rejects.toMatchObject({
    details: { problems: [{ path: 'trigger' }, { path: 'steps' }] },
  })
})

test('an imported or copied switch needs approval as a changed one does', async () => {
  const asked: RecipeChange[] = []
  const noting = (change: RecipeChange) => {
    asked.push(change)
  }
  await importRecipe(db, { ...place, approve: noting, file })
  await copyRecipe(db, { ...place, approve: noting, recipeId: recipe.id })
  await copyRecipe(db, { ...place, environment: 'DEV', approve: noting, recipeId: recipe.id })
  expect(asked.map(({ before, switchChanged }) => [before, switchChanged])).toEqual([
    [null, true],
    [null, true],
    [null, true],
  ])
  const count = () => db.selectFrom('recipes').select(db.fn.countAll().as('n')).executeTakeFirst()
  const before = await count()
  const refuse = () => {
    throw new Error('not approved')
  }
  await expect(importRecipe(db, { ...place, approve: refuse, file })).rejects.toThrow('not approved')
  await expect(copyRecipe(db, { ...place, approve: refuse, recipeId: recipe.id })).rejects.toThrow('not approved')
  expect(await count()).toEqual(before)
})

test('a copy in the same place keeps its connections, elsewhere they are found by name', async () => {
  const beside = await copyRecipe(db, { ...place, recipeId: recipe.id })
  expect(beside.document).toEqual({ ...recipe.document, name: 'Copy of Create opportunity' })
  const elsewhere = await copyRecipe(db, { ...place, environment: 'TEST', recipeId: recipe.id, name: 'In test' })
  expect(elsewhere).toMatchObject({ environment: 'TEST', name: 'In test', status: 'stopped' })
  expect(elsewhere.document.connections.crm).toEqual({ connector: 'crm', connection_id: null, personal: true })
})

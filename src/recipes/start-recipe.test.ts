import { afterAll, expect, test } from 'vitest'
import type { RecipeId } from '#core/ids.ts'
import { hasBlockedQuery } from '../../test/support/blocked-query.ts'
import { testDatabase } from '../../test/support/database.ts'
import {
  exampleRecipe,
  imaginaryConnectors,
  insertConnection,
  insertWorkspace,
  personalRecipe,
} from '../../test/support/recipe-fixtures.ts'
import { until } from '../../test/support/until.ts'
import { createRecipe } from './create-recipe.ts'
import { deleteRecipe } from './delete-recipe.ts'
import { makeExpressionPool } from './expressions/expression-pool.ts'
import { loadRecipe, loadRecipeVersion } from './load-recipe.ts'
import { recipesUsing } from './recipes-using.ts'
import { findCommand } from './runnable-recipes.ts'
import { saveRecipeVersion } from './save-recipe-version.ts'
import { startRecipe } from './start-recipe.ts'
import { stopRecipe, stopRecipesUsing } from './stop-recipe.ts'
import { findWebhook, renewWebhookSecret } from './webhooks.ts'

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
const connectionId = await insertConnection(db, home)
const approve = () => {}

const create = (document: unknown) => createRecipe(db, { ...home, environment: 'PROD', approve, document })
const start = (recipeId: RecipeId) => startRecipe(dependencies, { workspaceId, recipeId })
const stop = (recipeId: RecipeId, reason: string | null = null) => stopRecipe(db, { workspaceId, recipeId, reason })
const load = (recipeId: RecipeId) => loadRecipe(db, { workspaceId, recipeId })
const withCommand = (command: string) =>
  exampleRecipe(connectionId, { trigger: { kind: 'command', command }, steps: [reply] })
const reply = { kind: 'reply', name: 'say', text: 'hello' }
const webhook = { trigger: { kind: 'webhook' }, steps: [reply] }
const taken = { code: 'recipe_invalid', details: { problems: [{ path: 'trigger.command', code: 'command_taken' }] } }

test('a started command is found by its words, however they are typed, and no more once stopped', async () => {
  const { id } = await create(exampleRecipe(connectionId))
  expect(await findCommand(db, workspaceId, 'create opportunity')).toBeUndefined()
  const { recipe } = await start(id)
  expect(recipe).toMatchObject({ id, status: 'started' })
  expect(await findCommand(db, workspaceId, '  Create   OPPORTUNITY ')).toMatchObject({ id, document: recipe.document })
  expect(await findCommand(db, workspaceId, 'create')).toBeUndefined()
  expect(await findCommand(db, (await insertWorkspace(db)).workspaceId, 'create opportunity')).toBeUndefined()
  await stop(id)
  expect(await findCommand(db, workspaceId, 'create opportunity')).toBeUndefined()
})

test('a recipe that is not right does not start, and every problem is said', async () => {
  const { id } = await create(
    exampleRecipe(null, { ...webhook, connections: { crm: { connector: 'crm', personal: true } } }),
  )
  await expect(start(id)).rejects.toMatchObject({
    code: 'recipe_invalid',
    status: 422,
    details: { problems: [{ path: 'connections.crm.personal', code: 'switch_needs_person' }] },
  })
  expect((await load(id)).status).toBe('stopped')
})

test('facts come from the database: a connection of another environment or not connected is refused', async () => {
  const dev = await insertConnection(db, { ...home, environment: 'DEV' })
  const lost = await insertConnection(db, { ...home, status: 'failed' })
  for (const [id, code] of [
    [dev, 'connection_of_another_environment'],
    [lost, 'connection_not_connected'],
  ] as const) {
    const recipe = await create(exampleRecipe(id))
    await expect(start(recipe.id)).rejects.toMatchObject({ details: { problems: [{ code }] } })
  }
})

test('a command belongs to one started recipe at a time', async () => {
  const first = await create(withCommand('only one'))
  const second = await create(withCommand('only one'))
  await start(first.id)
  await expect(start(second.id)).rejects.toMatchObject(taken)
  await stop(first.id)
  await start(second.id)
  expect(await findCommand(db, workspaceId, 'only one')).toMatchObject({ id: second.id })
})

test('of two recipes that start with one command at once, one does', async () => {
  const recipes = await Promise.all([1, 2, 3, 4].map(() => create(withCommand('race me'))))
  const outcomes = await Promise.allSettled(recipes.map(({ id }) => start(id)))
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject(taken)
  const started = await Promise.all(recipes.map(async ({ id }) => (await load(id)).status))
  expect(started.filter((status) => status === 'started')).toHaveLength(1)
})

test('starting a started recipe changes nothing', async () => {
  const { id } = await create(withCommand('again'))
  await start(id)
  expect(await start(id)).toMatchObject({ webhookSecret: null, recipe: { status: 'started' } })
  expect(await findCommand(db, workspaceId, 'again')).toMatchObject({ id })
})

test('a started recipe runs its new version and its new command at once', async () => {
  const { id, version } = await create(withCommand('old words'))
  await start(id)
  const change = { workspaceId, recipeId: id, expectedVersion: version, personId: null, approve }
  await saveRecipeVersion(dependencies, { ...change, document: withCommand('new words') })
  expect(await findCommand(db, workspaceId, 'old words')).toBeUndefined()
  expect(await findCommand(db, workspaceId, 'new words')).toMatchObject({ id, version: 2 })
})

test('an api recipe is known by its id', async () => {
  const { id } = await create(exampleRecipe(connectionId, { trigger: { kind: 'api' }, steps: [reply] }))
  await start(id)
  const row = await db.selectFrom('recipe_triggers').selectAll().where('recipe_id', '=', id).executeTakeFirst()
  expect(row).toEqual({ recipe_id: id, workspace_id: workspaceId, kind: 'api', key: id })
})

test('a webhook’s secret is given once, kept hashed, and survives a stop', async () => {
  const { id } = await create(exampleRecipe(connectionId, webhook))
  const { webhookSecret } = await start(id)
  const secret = webhookSecret ?? ''
  expect(secret).toMatch(/^[\w-]{43}$/)
  const rows = await db.selectFrom('recipe_triggers').selectAll().execute()
  expect(JSON.stringify(rows)).not.toContain(secret)
  expect(await findWebhook(db, { recipeId: id, secret })).toMatchObject({ id, version: 1 })
  expect(await findWebhook(db, { recipeId: id, secret: 'guessed' })).toBeUndefined()
  expect(await findWebhook(db, { recipeId: 'rcp_none', secret })).toBeUndefined()

  await stop(id)
  expect(await findWebhook(db, { recipeId: id, secret })).toBeUndefined()
  expect((await start(id)).webhookSecret).toBeNull()
  expect(await findWebhook(db, { recipeId: id, secret })).toMatchObject({ id })
})

test('a renewed webhook secret ends the old one', async () => {
  const { id } = await create(exampleRecipe(connectionId, webhook))
  const old = (await start(id)).webhookSecret ?? ''
  const secret = await renewWebhookSecret(db, { workspaceId, recipeId: id })
  expect(await findWebhook(db, { recipeId: id, secret: old })).toBeUndefined()
  expect(await findWebhook(db, { recipeId: id, secret })).toMatchObject({ id })
  const other = await create(withCommand('no webhook'))
  const renewing = renewWebhookSecret(db, { workspaceId, recipeId: other.id })
  await expect(renewing).rejects.toMatchObject({ code: 'recipe_not_webhook' })
})

test('P8: when a parent goes, the recipes that name it stop with the reason, and only they', async () => {
  const parentId = await insertConnection(db, home)
  const [off, on, other] = await Promise.all([
    create(exampleRecipe(parentId, { trigger: { kind: 'command', command: 'uses off' }, steps: [reply] })),
    create(personalRecipe(parentId, { trigger: { kind: 'command', command: 'uses on' }, steps: [reply] })),
    create(withCommand('uses another')),
  ])
  for (const { id } of [off, on, other]) await start(id)
  const stopped = await stopRecipesUsing(db, {
    connectionId: parentId,
    reason: 'Its connection “Acme CRM” was deleted.',
  })
  expect(stopped.map(({ id }) => id).sort()).toEqual([off.id, on.id].sort())
  for (const { id } of [off, on]) {
    expect(await load(id)).toMatchObject({ status: 'stopped', stoppedReason: 'Its connection “Acme CRM” was deleted.' })
  }
  expect((await load(other.id)).status).toBe('started')
  expect(await findCommand(db, workspaceId, 'uses on')).toBeUndefined()
  expect(await recipesUsing(db, parentId)).toMatchObject([
    { id: expect.any(String), status: 'stopped' },
    { id: expect.any(String), status: 'stopped' },
  ])
})

test('stopping a stopped recipe keeps its reason; starting it clears it', async () => {
  const { id } = await create(withCommand('reasons'))
  await start(id)
  await stop(id, 'It kept failing.')
  await stop(id, null)
  expect((await load(id)).stoppedReason).toBe('It kept failing.')
  expect((await start(id)).recipe.stoppedReason).toBeNull()
})

test('a recipe that starts while its parent is being deleted waits, and does not start', async () => {
  const parentId = await insertConnection(db, home)
  const { id } = await create(exampleRecipe(parentId, { trigger: { kind: 'api' }, steps: [createStep] }))
  let starting: Promise<unknown> | undefined
  await db.transaction().execute(async (tx) => {
    await tx.updateTable('connections').set({ deleted_at: new Date() }).where('id', '=', parentId).execute()
    starting = start(id).catch((error) => error)
    await until(() => hasBlockedQuery(db))
    expect(await stopRecipesUsing(tx, { connectionId: parentId, reason: 'gone' })).toEqual([])
  })
  expect(await starting).toMatchObject({ details: { problems: [{ code: 'connection_deleted' }] } })
  expect((await load(id)).status).toBe('stopped')
})

test('a parent that is deleted while a recipe starts on it waits, and stops the recipe', async () => {
  const parentId = await insertConnection(db, home)
  const { id } = await create(exampleRecipe(parentId, { trigger: { kind: 'api' }, steps: [createStep] }))
  let deleting: Promise<unknown> | undefined
  await db.transaction().execute(async (tx) => {
    await startRecipe({ ...dependencies, db: tx }, { workspaceId, recipeId: id })
    deleting = db.transaction().execute(async (other) => {
      await other.updateTable('connections').set({ deleted_at: new Date() }).where('id', '=', parentId).execute()
      return stopRecipesUsing(other, { connectionId: parentId, reason: 'gone' })
    })
    await until(() => hasBlockedQuery(db))
  })
  expect(await deleting).toMatchObject([{ id }])
  expect(await load(id)).toMatchObject({ status: 'stopped', stoppedReason: 'gone' })
})

test('a deleted recipe is gone for all but the jobs that ran it', async () => {
  const { id } = await create(withCommand('soon gone'))
  await start(id)
  await deleteRecipe(db, { workspaceId, recipeId: id })
  await expect(load(id)).rejects.toMatchObject({ code: 'recipe_not_found' })
  expect(await findCommand(db, workspaceId, 'soon gone')).toBeUndefined()
  expect((await recipesUsing(db, connectionId)).map((recipe) => recipe.id)).not.toContain(id)
  expect(await loadRecipeVersion(db, id, 1)).toMatchObject({ name: 'Create opportunity' })
  await expect(start(id)).rejects.toMatchObject({ code: 'recipe_not_found' })
  const next = await create(withCommand('soon gone'))
  await start(next.id)
})

test('no recipe is started, stopped, renewed or deleted from another workspace', async () => {
  const { id } = await create(withCommand('mine alone'))
  await start(id)
  const { workspaceId: foreign } = await insertWorkspace(db)
  const ids = { workspaceId: foreign, recipeId: id }
  for (const acting of [
    () => startRecipe(dependencies, ids),
    () => stopRecipe(db, { ...ids, reason: null }),
    () => deleteRecipe(db, ids),
    () => renewWebhookSecret(db, ids),
  ]) {
    await expect(acting()).rejects.toMatchObject({ code: 'recipe_not_found' })
  }
  expect((await load(id)).status).toBe('started')
})

const createStep = {
  kind: 'action',
  name: 'create',
  connection: 'crm',
  action: 'create_record',
  input: { object: 'Account', fields: {} },
}

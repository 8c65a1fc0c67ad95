import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createRecipe } from '../../src/commands/recipes/create-recipe.ts'
import { saveRecipe } from '../../src/commands/recipes/save-recipe.ts'
import type { RecipeId } from '../../src/core/ids.ts'
import { actorOf } from '../../src/people/actor.ts'
import { createApiKey } from '../../src/people/api-keys.ts'
import type { Privilege } from '../../src/people/privileges.ts'
import { startTestBehalf, type TestBehalf } from '../support/behalf.ts'
import { type MatrixWorld, makeWorld } from './privilege-matrix-world.ts'

let behalf: TestBehalf
let world: MatrixWorld

beforeAll(async () => {
  behalf = await startTestBehalf()
  world = await makeWorld(behalf)
}, 60_000)
afterAll(() => behalf?.stop())

const RECIPES: Privilege[] = ['recipes.view', 'recipes.edit', 'recipes.start_stop', 'recipes.run']
const VIEW = 'runtime_user_connections.view'
const EDIT = 'runtime_user_connections.edit'

/** Each way in which a switch can change: what is sent, and about which recipe, null where a new one is made. */
interface BackDoor {
  way: string
  send(): Promise<{ method: string; path: string; body: object; recipeId: RecipeId | null }>
}

const put = (recipeId: RecipeId, body: object) => ({ method: 'PUT', path: `/recipes/${recipeId}`, body, recipeId })
const post = (path: string, body: object, recipeId: RecipeId | null = null) => ({
  method: 'POST',
  path,
  body,
  recipeId,
})

const BACK_DOORS: BackDoor[] = [
  {
    way: 'saving it on',
    send: async () => put(await world.newRecipe(false), { document: world.document(true), expected_version: 1 }),
  },
  {
    way: 'saving it off',
    send: async () => put(await world.newRecipe(true), { document: world.document(false), expected_version: 1 }),
  },
  {
    way: 'saving it on for a connection that is chosen later',
    send: async () => {
      const connections = { crm: { connector: 'salesforce', connection_id: null, personal: true } }
      return put(await world.newRecipe(false), {
        document: { ...world.document(false), connections },
        expected_version: 1,
      })
    },
  },
  {
    way: 'pointing a switch that is on at another connection',
    send: async () => {
      const connections = { crm: { connector: 'salesforce', connection_id: world.unusedParent, personal: true } }
      return put(await world.newRecipe(true), {
        document: { ...world.document(true), connections },
        expected_version: 1,
      })
    },
  },
  {
    way: 'creating a recipe with it on',
    send: async () => post('/recipes', { ...world.place, document: world.document(true) }),
  },
  {
    way: 'importing a file with it on',
    send: async () => post('/recipes/import', { ...world.place, file: world.file(true) }),
  },
  {
    way: 'importing a project with it on',
    send: async () => {
      const file = { format: 'behalf-project/1', recipes: [world.file(true).recipe] }
      return post(`/projects/${world.place.project_id}/import`, { environment: world.place.environment, file })
    },
  },
  {
    way: 'pushing a file with it on over one with it off',
    send: async () => {
      const id = await world.newRecipe(false)
      const recipes = [{ file: world.file(true), id, expected_version: 1 }]
      return post('/recipes/push', { ...world.place, recipes }, id)
    },
  },
  {
    way: 'copying a recipe with it on',
    send: async () => post(`/recipes/${world.personalRecipe}/copy`, {}, world.personalRecipe),
  },
  {
    way: 'copying one to another environment',
    send: async () => post(`/recipes/${world.personalRecipe}/copy`, { environment: 'DEV' }, world.personalRecipe),
  },
  {
    way: 'restoring a version with it on',
    send: async () => {
      const recipeId = await world.recipeOnceOn()
      return post(`/recipes/${recipeId}/restore`, { version: 1 }, recipeId)
    },
  },
  {
    way: 'restoring a version with it off',
    send: async () => {
      const recipeId = await world.recipeOnceOn()
      const on = { recipeId, document: world.document(true), expectedVersion: 2 }
      await saveRecipe(behalf.ctx, actorOf(behalf.owner.person), on)
      return post(`/recipes/${recipeId}/restore`, { version: 2 }, recipeId)
    },
  },
]

describe.each(BACK_DOORS)('switch-by-the-back-door: $way', ({ send }) => {
  test.each([
    { lacking: 'both privileges', privileges: RECIPES, missing: [VIEW, EDIT] },
    { lacking: 'the privilege to view', privileges: [...RECIPES, EDIT], missing: [VIEW] },
    { lacking: 'the privilege to edit', privileges: [...RECIPES, VIEW], missing: [EDIT] },
  ] as { lacking: string; privileges: Privilege[]; missing: string[] }[])(
    'is refused without $lacking, changes nothing and is put on record',
    async ({ privileges, missing }) => {
      const key = await makeKey(privileges)
      const { recipeId, ...request } = await send()
      const before = await everyVersion()
      const { status, body } = await callWith(key.token, request)
      expect({ status, code: body.error?.code }).toEqual({ status: 403, code: 'switch_needs_privileges' })
      expect(body.error.details).toEqual({ missing })
      expect(await everyVersion()).toEqual(before)
      expect(await eventsOf(key.id)).toEqual([
        expect.objectContaining({ action: 'recipe.switch_refused', target_id: recipeId }),
      ])
    },
  )

  test('is allowed with all three privileges, and put on record', async () => {
    const key = await makeKey([...RECIPES, VIEW, EDIT])
    const { recipeId, ...request } = await send()
    const { status, body } = await callWith(key.token, request)
    expect([200, 201]).toContain(status)
    const changed = (await eventsOf(key.id)).filter(({ action }) => action === 'recipe.switch_changed')
    expect(changed).toEqual([expect.objectContaining({ target_id: [body.data].flat()[0].id })])
    if (request.method === 'PUT') expect(body.data.id).toBe(recipeId)
  })
})

test('switch-by-the-back-door: a recipe may be edited at will by somebody without the two privileges, as long as no switch moves', async () => {
  const key = await makeKey(RECIPES)
  const recipeId = await world.newRecipe(true)
  const document = { ...world.document(true), description: 'Said better' }
  const { status } = await callWith(key.token, put(recipeId, { document, expected_version: 1 }))
  expect(status).toBe(200)
  expect((await eventsOf(key.id)).map(({ action }) => action)).toEqual(['recipe.changed'])
})

test('switch-by-the-back-door: a person whose role would allow editing recipes alone is refused in the commands themselves', async () => {
  const { person } = await behalf.addPerson('Ed Editor', 'analyst')
  const actor = { ...actorOf(person), privileges: new Set<Privilege>(['recipes.view', 'recipes.edit']) }
  const wanted = { projectId: behalf.projectId, environment: 'PROD' as const, document: world.document(true) }
  await expect(createRecipe(behalf.ctx, actor, wanted)).rejects.toMatchObject({ code: 'switch_needs_privileges' })
})

test('switch-by-the-back-door: the two privileges do not stand in for the one to edit recipes', async () => {
  const key = await makeKey([VIEW, EDIT, 'recipes.view'])
  const { status, body } = await callWith(
    key.token,
    post('/recipes', { ...world.place, document: world.document(true) }),
  )
  expect({ status, code: body.error.code }).toEqual({ status: 403, code: 'forbidden' })
})

async function makeKey(privileges: Privilege[]): Promise<{ id: string; token: string }> {
  const creator = actorOf(behalf.owner.person)
  const wanted = { creator, name: 'back door', privileges, expiresAt: null, now: new Date() }
  const { token, key } = await createApiKey(behalf.ctx.db, wanted)
  return { id: key.id, token }
}

async function callWith(token: string, { method, path, body }: { method: string; path: string; body: object }) {
  const response = await fetch(new URL(`/api${path}`, behalf.url), {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  // biome-ignore lint/suspicious/noExplicitAny: what the API answers is asserted on, field by field
  return { status: response.status, body: (await response.json()) as any }
}

/** Every version of every recipe there is. */
async function everyVersion(): Promise<string[]> {
  const rows = await behalf.ctx.db.selectFrom('recipe_versions').select(['recipe_id', 'version']).execute()
  return rows.map(({ recipe_id, version }) => `${recipe_id} ${version}`).sort()
}

function eventsOf(keyId: string) {
  return behalf.ctx.db
    .selectFrom('audit_events')
    .select(['action', 'target_id'])
    .where('api_key_id', '=', keyId as `key_${string}`)
    .orderBy('id')
    .execute()
}

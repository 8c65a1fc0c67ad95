import { createRoute, z } from '@hono/zod-openapi'
import type { CommandsContext } from '#commands/context.ts'
import { compareVersions, listRecipeVersions } from '#commands/recipes/list-recipes.ts'
import { restoreRecipe, saveRecipe } from '#commands/recipes/save-recipe.ts'
import { shareRecipe } from '#commands/recipes/share-recipe.ts'
import type { ApiApp } from '../api-env.ts'
import { Difference, NewRecipeVersion, RecipeBody, RecipeVersion, Runners } from '../contract.ts'
import { presentRecipe, presentRecipeVersion, presentSavedRecipe } from '../presenters/recipes.ts'
import { answers, answersAll, bodyOf, idOf, withId } from '../route-parts.ts'

const tags = ['Recipes']

/** What changes a recipe: versions, and who may run it. */
export function recipeVersionRoutes(ctx: CommandsContext, app: ApiApp): void {
  app.openapi(save, async (c) => {
    const { expected_version: expectedVersion, document, comment } = c.req.valid('json')
    const change = { recipeId: c.req.valid('param').id, document, comment, expectedVersion }
    return c.json({ data: presentSavedRecipe(await saveRecipe(ctx, c.get('actor'), change)) }, 200)
  })
  app.openapi(restore, async (c) => {
    const { version, expected_version: expectedVersion } = c.req.valid('json')
    const change = { recipeId: c.req.valid('param').id, version, expectedVersion }
    return c.json({ data: presentSavedRecipe(await restoreRecipe(ctx, c.get('actor'), change)) }, 200)
  })
  app.openapi(list, async (c) => {
    const versions = await listRecipeVersions(ctx, c.get('actor'), { recipeId: c.req.valid('param').id })
    return c.json({ data: versions.map(presentRecipeVersion) }, 200)
  })
  app.openapi(compare, async (c) => {
    const wanted = { recipeId: c.req.valid('param').id, ...c.req.valid('query') }
    return c.json({ data: await compareVersions(ctx, c.get('actor'), wanted) }, 200)
  })
  app.openapi(share, async (c) => {
    const { everyone, person_ids: personIds, group_ids: groupIds } = c.req.valid('json')
    const runners = { recipeId: c.req.valid('param').id, everyone, personIds, groupIds }
    return c.json({ data: presentRecipe(await shareRecipe(ctx, c.get('actor'), runners)) }, 200)
  })
}

/** A saved recipe; `webhook_url` is the secret address of one that has just become a webhook, shown this once. */
const SavedRecipe = RecipeBody.extend({ webhook_url: z.string().nullable() }).openapi('SavedRecipe')

const Restoration = z
  .strictObject({
    version: z.number().int().min(1).max(1_000_000),
    /** Left out: on top of whatever version is current. */
    expected_version: z.number().int().optional(),
  })
  .openapi('Restoration')

const RecipeRunners = Runners.extend({
  person_ids: z.array(idOf('person')).max(10_000).default([]),
  group_ids: z.array(idOf('group')).max(10_000).default([]),
}).openapi('RecipeRunners')

const save = createRoute({
  method: 'put',
  path: '/recipes/{id}',
  operationId: 'saveRecipe',
  summary: 'Save the next version, in force at once when the recipe is started',
  tags,
  request: { ...withId('recipe'), ...bodyOf(NewRecipeVersion) },
  responses: answers(SavedRecipe, 'The recipe as saved.'),
})

const restore = createRoute({
  method: 'post',
  path: '/recipes/{id}/restore',
  operationId: 'restoreRecipe',
  summary: 'Save an earlier version as the next one',
  tags,
  request: { ...withId('recipe'), ...bodyOf(Restoration) },
  responses: answers(SavedRecipe, 'The recipe as saved.'),
})

const list = createRoute({
  method: 'get',
  path: '/recipes/{id}/versions',
  operationId: 'listRecipeVersions',
  summary: 'Every version with its author',
  tags,
  request: withId('recipe'),
  responses: answersAll(RecipeVersion, 'The newest first.'),
})

const versionNumber = z.coerce.number().int().min(1).max(1_000_000).openapi({ type: 'integer' })

const compare = createRoute({
  method: 'get',
  path: '/recipes/{id}/differences',
  operationId: 'compareRecipeVersions',
  summary: 'In what one version differs from another',
  tags,
  request: { ...withId('recipe'), query: z.object({ from: versionNumber, to: versionNumber }) },
  responses: answersAll(Difference, 'The paths, in the order of the document; none when both say the same.'),
})

const share = createRoute({
  method: 'put',
  path: '/recipes/{id}/runners',
  operationId: 'shareRecipe',
  summary: 'Say who may run a recipe',
  tags,
  request: { ...withId('recipe'), ...bodyOf(RecipeRunners) },
  responses: answers(RecipeBody, 'The recipe.'),
})

import { createRoute, z } from '@hono/zod-openapi'
import type { CommandsContext } from '#commands/context.ts'
import { copyRecipe, createRecipe, importRecipe } from '#commands/recipes/create-recipe.ts'
import { deleteRecipe } from '#commands/recipes/delete-recipe.ts'
import { exportRecipe } from '#commands/recipes/export-recipe.ts'
import { listRecipes } from '#commands/recipes/list-recipes.ts'
import { viewRecipe } from '#commands/recipes/view-recipe.ts'
import type { ApiApp } from '../api-env.ts'
import { NewRecipe, RecipeBody, RecipeSummary } from '../contract.ts'
import { presentRecipe, presentRecipeSummary } from '../presenters/recipes.ts'
import {
  answers,
  answersCreated,
  answersFile,
  answersNothing,
  answersPage,
  bodyOf,
  idOf,
  Limit,
  maybeBodyOf,
  nextOf,
  withId,
} from '../route-parts.ts'

const tags = ['Recipes']

/** Recipes: reading, making, copying, exporting and deleting them. */
export function recipeRoutes(ctx: CommandsContext, app: ApiApp): void {
  app.openapi(list, async (c) => {
    const { project_id: projectId, before, limit } = c.req.valid('query')
    const recipes = await listRecipes(ctx, c.get('actor'), { projectId, before, limit })
    return c.json({ data: recipes.map(presentRecipeSummary), next: nextOf(recipes, limit) }, 200)
  })
  app.openapi(get, async (c) => {
    const recipe = await viewRecipe(ctx, c.get('actor'), { recipeId: c.req.valid('param').id })
    return c.json({ data: presentRecipe(recipe) }, 200)
  })
  app.openapi(create, async (c) => {
    const { project_id: projectId, environment, document } = c.req.valid('json')
    const recipe = await createRecipe(ctx, c.get('actor'), { projectId, environment, document })
    return c.json({ data: presentRecipe(recipe) }, 201)
  })
  app.openapi(load, async (c) => {
    const { project_id: projectId, environment, file } = c.req.valid('json')
    const recipe = await importRecipe(ctx, c.get('actor'), { projectId, environment, file })
    return c.json({ data: presentRecipe(recipe) }, 201)
  })
  app.openapi(copy, async (c) => {
    const { project_id: projectId, ...rest } = c.req.valid('json')
    const wanted = { recipeId: c.req.valid('param').id, projectId, ...rest }
    return c.json({ data: presentRecipe(await copyRecipe(ctx, c.get('actor'), wanted)) }, 201)
  })
  app.openapi(exportAsFile, async (c) => {
    const file = await exportRecipe(ctx, c.get('actor'), { recipeId: c.req.valid('param').id })
    c.header('content-disposition', 'attachment; filename="recipe.json"')
    return c.json(file, 200)
  })
  app.openapi(remove, async (c) => {
    await deleteRecipe(ctx, c.get('actor'), { recipeId: c.req.valid('param').id })
    return c.body(null, 204)
  })
}

const { environment, document } = NewRecipe.shape
const project_id = idOf('project')

const RecipeFile = z
  .strictObject({ project_id, environment, file: z.record(z.string(), z.unknown()) })
  .openapi('RecipeFile')

/** Where the copy goes; beside the recipe itself unless said. */
const RecipeCopy = z
  .strictObject({
    /** Which version is copied; left out: the current one. */
    version: z.number().int().min(1).max(1_000_000).optional(),
    name: z.string().trim().min(1).max(120).optional(),
    project_id: project_id.optional(),
    environment: environment.optional(),
  })
  .openapi('RecipeCopy')

const list = createRoute({
  method: 'get',
  path: '/recipes',
  operationId: 'listRecipes',
  summary: 'The recipes',
  tags,
  request: { query: z.object({ project_id: project_id.optional(), before: idOf('recipe').optional(), limit: Limit }) },
  responses: answersPage(RecipeSummary, 'The newest first.'),
})

const get = createRoute({
  method: 'get',
  path: '/recipes/{id}',
  operationId: 'getRecipe',
  summary: 'One recipe with its problems and who may run it',
  tags,
  request: withId('recipe'),
  responses: answers(RecipeBody, 'The recipe.'),
})

const create = createRoute({
  method: 'post',
  path: '/recipes',
  operationId: 'createRecipe',
  summary: 'Make a recipe, stopped and shared with nobody',
  tags,
  request: bodyOf(z.strictObject({ project_id, environment, document }).openapi('NewRecipe')),
  responses: answersCreated(RecipeBody, 'The recipe; it need not be ready to start.'),
})

const load = createRoute({
  method: 'post',
  path: '/recipes/import',
  operationId: 'importRecipe',
  summary: 'Make a recipe from an exported file; connections are found by name',
  tags,
  request: bodyOf(RecipeFile),
  responses: answersCreated(RecipeBody, 'The recipe, stopped.'),
})

const copy = createRoute({
  method: 'post',
  path: '/recipes/{id}/copy',
  operationId: 'copyRecipe',
  summary: 'Make a recipe like this one, stopped and shared with nobody',
  tags,
  request: { ...withId('recipe'), ...maybeBodyOf(RecipeCopy) },
  responses: answersCreated(RecipeBody, 'The copy.'),
})

const exportAsFile = createRoute({
  method: 'get',
  path: '/recipes/{id}/export',
  operationId: 'exportRecipe',
  summary: 'A recipe as a file, without secrets or anybody’s own connection',
  tags,
  request: withId('recipe'),
  responses: answersFile('The file as it is, for `import`.'),
})

const remove = createRoute({
  method: 'delete',
  path: '/recipes/{id}',
  operationId: 'deleteRecipe',
  summary: 'Delete a recipe; its jobs stay on record',
  tags,
  request: withId('recipe'),
  responses: answersNothing('Deleted.'),
})

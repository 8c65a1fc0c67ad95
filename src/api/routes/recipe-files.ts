import { createRoute, z } from '@hono/zod-openapi'
import type { CommandsContext } from '#commands/context.ts'
import { exportProject } from '#commands/recipes/export-recipe.ts'
import { checkRecipes, importProject, type PushedFile, pushRecipes } from '#commands/recipes/push-recipes.ts'
import type { ApiApp } from '../api-env.ts'
import { NewRecipe, PushedRecipe } from '../contract.ts'
import { presentPushedRecipe } from '../presenters/recipes.ts'
import { answersAll, answersFile, bodyOf, idOf, withId } from '../route-parts.ts'

const tags = ['Recipes']

/** Recipes as files: a whole project as one, or many that are kept in git. */
export function recipeFileRoutes(ctx: CommandsContext, app: ApiApp): void {
  app.openapi(exportAll, async (c) => {
    const place = { projectId: c.req.valid('param').id, ...c.req.valid('query') }
    const file = await exportProject(ctx, c.get('actor'), place)
    c.header('content-disposition', 'attachment; filename="project.json"')
    return c.json(file, 200)
  })
  app.openapi(importAll, async (c) => {
    const place = { projectId: c.req.valid('param').id, ...c.req.valid('json') }
    const made = await importProject(ctx, c.get('actor'), place)
    return c.json({ data: made.map(presentPushedRecipe) }, 200)
  })
  app.openapi(push, async (c) => {
    const { comment, dry_run: isDryRun, ...files } = c.req.valid('json')
    const pushed = await pushRecipes(ctx, c.get('actor'), { ...filesOf(files), comment, isDryRun })
    return c.json({ data: pushed.map(presentPushedRecipe) }, 200)
  })
  app.openapi(validate, async (c) => {
    const checked = await checkRecipes(ctx, c.get('actor'), filesOf(c.req.valid('json')))
    return c.json({ data: checked.map(presentPushedRecipe) }, 200)
  })
}

const { environment } = NewRecipe.shape
const file = z.record(z.string(), z.unknown())

/** Files as `export` gives them. */
const RecipeFiles = z.strictObject({
  project_id: idOf('project'),
  environment,
  recipes: z
    .array(z.strictObject({ file, id: idOf('recipe').optional(), expected_version: z.number().int().optional() }))
    .max(200)
    .refine((recipes) => isUnique(recipes.flatMap(({ id }) => id ?? [])), 'names one recipe twice'),
})

const PushBody = RecipeFiles.extend({
  comment: z.string().max(500).optional(),
  /** Everything is checked and answered as for a push, and nothing is kept. */
  dry_run: z.boolean().default(false),
})
  .refine(
    ({ recipes }) => recipes.every((each) => (each.id === undefined) === (each.expected_version === undefined)),
    'gives a recipe’s id and its expected_version together: the version the file began from',
  )
  .openapi('RecipePush')

const isUnique = (ids: string[]): boolean => new Set(ids).size === ids.length

function filesOf({ project_id: projectId, environment: where, recipes }: z.infer<typeof RecipeFiles>) {
  const files = recipes.map(
    ({ file: json, id, expected_version: expectedVersion = null }): PushedFile => ({
      file: json,
      ...(id !== undefined && { recipe: { id, expectedVersion } }),
    }),
  )
  return { projectId, environment: where, files }
}

const exportAll = createRoute({
  method: 'get',
  path: '/projects/{id}/export',
  operationId: 'exportProject',
  summary: 'The recipes of a project’s environment as one file, without secrets or anybody’s own connection',
  tags,
  request: { ...withId('project'), query: z.object({ environment }) },
  responses: answersFile('The file as it is, for `import`.'),
})

const importAll = createRoute({
  method: 'post',
  path: '/projects/{id}/import',
  operationId: 'importProject',
  summary: 'Make recipes from a project’s file, all or none; connections and functions are found by name',
  tags,
  request: { ...withId('project'), ...bodyOf(z.strictObject({ environment, file }).openapi('ProjectFile')) },
  responses: answersAll(PushedRecipe, 'The recipes, stopped, in the order of the file.'),
})

const push = createRoute({
  method: 'post',
  path: '/recipes/push',
  operationId: 'pushRecipes',
  summary: 'Make and update recipes from files, all or none; one that was changed since `expected_version` is a 409',
  tags,
  request: bodyOf(PushBody),
  responses: answersAll(PushedRecipe, 'The recipes, in the order of the files. A new webhook’s address is not told.'),
})

const validate = createRoute({
  method: 'post',
  path: '/recipes/validate',
  operationId: 'validateRecipes',
  summary: 'What a push would do, and what would be wrong with each recipe once all are started; nothing is kept',
  tags,
  request: bodyOf(RecipeFiles.openapi('RecipeFiles')),
  responses: answersAll(PushedRecipe, 'In the order of the files.'),
})

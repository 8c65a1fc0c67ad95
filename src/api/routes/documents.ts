import { createRoute, z } from '@hono/zod-openapi'
import type { CommandsContext } from '#commands/context.ts'
import { recipeJsonSchema } from '#commands/recipes/export-recipe.ts'
import type { ApiApp } from '../api-env.ts'

/** What is published to everybody: the API's description and the JSON Schema of a recipe. Each is worked out once: anybody may ask. */
export function documentRoutes(ctx: CommandsContext, app: ApiApp): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'apiKey', { type: 'http', scheme: 'bearer' })
  app.openAPIRegistry.registerComponent('securitySchemes', 'session', { type: 'apiKey', in: 'cookie', name: 'behalf' })
  let description: object | undefined
  app.get('/openapi.json', (c) => {
    description ??= describe(ctx, app)
    return c.json(description, 200)
  })
  const schema = recipeJsonSchema()
  app.openapi(recipeSchema, (c) => c.json(schema, 200))
}

/** OpenAPI 3.1, from the same schemas that requests are checked with. Asked for when all routes are there. */
function describe(ctx: CommandsContext, app: ApiApp): object {
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Behalf',
      version: '1',
      description:
        'Everything Behalf can do. A signed-in person’s session acts as that person; an API key (`Authorization: Bearer bhk_…`) by its own privileges, as nobody. Lists are the newest first and hold 50, or as many as `limit` (at most 200) says: `next` of one page is `before` of the next. A field of a body that is not known is refused.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: new URL('/api', ctx.publicUrl).href }],
    security: [{ apiKey: [] }, { session: [] }],
  })
}

const recipeSchema = createRoute({
  method: 'get',
  path: '/schemas/recipe.json',
  operationId: 'getRecipeSchema',
  summary: 'The JSON Schema of a recipe’s document',
  tags: ['Recipes'],
  security: [],
  responses: {
    200: {
      description: 'JSON Schema, draft 2020-12.',
      content: { 'application/json': { schema: z.record(z.string(), z.unknown()) } },
    },
  },
})

import { createRoute, z } from '@hono/zod-openapi'
import type { CommandsContext } from '#commands/context.ts'
import { previewMapping } from '#commands/recipes/preview-mapping.ts'
import type { ApiApp } from '../api-env.ts'
import { answers, bodyOf, withId } from '../route-parts.ts'

/** What a mapping yields, for whoever writes it. */
export function mappingPreviewRoutes(ctx: CommandsContext, app: ApiApp): void {
  app.openapi(preview, async (c) => {
    const { mapping, sample } = c.req.valid('json')
    const value = await previewMapping(ctx, c.get('actor'), { recipeId: c.req.valid('param').id, mapping, sample })
    return c.json({ data: { value } }, 200)
  })
}

const object = z.record(z.string(), z.unknown())

/** What a job would know; what is left out is empty. */
const Sample = z
  .strictObject({
    trigger: z.unknown(),
    steps: object,
    loops: object,
    error: object,
    person: object.nullable(),
    job: object,
  })
  .partial()
  .openapi('MappingSample')

const preview = createRoute({
  method: 'post',
  path: '/recipes/{id}/mapping_preview',
  operationId: 'previewMapping',
  summary: 'What a mapping yields with sample data; nothing is saved, and no job’s data is read',
  tags: ['Recipes'],
  request: {
    ...withId('recipe'),
    ...bodyOf(
      z
        .strictObject({
          /** A text with pills, an expression `{{= … }}`, or any JSON with such texts in it. */
          mapping: z.unknown(),
          sample: Sample.default({}),
        })
        .openapi('MappingPreview'),
    ),
  },
  responses: answers(z.object({ value: z.unknown() }), 'Its value. Errors name the path, which begins with `mapping`.'),
})

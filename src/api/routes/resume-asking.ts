import { createRoute } from '@hono/zod-openapi'
import type { CommandsContext } from '#commands/context.ts'
import { resumeAsking } from '#commands/people/resume-asking.ts'
import type { ApiApp } from '../api-env.ts'
import { answersNothing, withId } from '../route-parts.ts'

/** Ends the pause that too many burnt connect links bring. */
export function resumeAskingRoutes(ctx: CommandsContext, app: ApiApp): void {
  app.openapi(resume, async (c) => {
    await resumeAsking(ctx, c.get('actor'), { personId: c.req.valid('param').id })
    return c.body(null, 204)
  })
}

const resume = createRoute({
  method: 'post',
  path: '/people/{id}/resume-asking',
  operationId: 'resumeAsking',
  summary: 'Let a person be sent connect links again, whom burnt ones paused',
  tags: ['People'],
  request: withId('person'),
  responses: answersNothing('They are asked again; also when nothing was paused.'),
})

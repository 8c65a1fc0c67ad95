import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { CommandsContext } from '#commands/context.ts'
import { receiveWebhook } from '#commands/jobs/run-recipe.ts'
import { UserError } from '#core/errors.ts'

const MAX_BODY = 1024 * 1024

/** Headers a recipe may read: what tells of the delivery, never a credential. */
const READABLE_HEADERS = /^(content-type|user-agent|x-[a-z0-9-]*(event|delivery|topic|request-id|hook-id)[a-z0-9-]*)$/

/** The address of each webhook recipe. The secret in it is all that a caller needs; an unknown one is a plain 404. */
export function webhookRoutes(ctx: CommandsContext): Hono {
  const routes = new Hono()
  routes.post('/:recipe/:secret', bodyLimit({ maxSize: MAX_BODY }), async (c) => {
    const result = await receiveWebhook(ctx, {
      recipeId: c.req.param('recipe'),
      secret: c.req.param('secret'),
      body: readBody(await c.req.text(), c.req.header('content-type')),
      headers: Object.fromEntries(Object.entries(c.req.header()).filter(([name]) => READABLE_HEADERS.test(name))),
      query: c.req.query(),
      idempotencyKey: c.req.header('idempotency-key') ?? null,
    })
    if (!result) throw new UserError('webhook_not_found', 'No started recipe has this address.', { status: 404 })
    const { jobId, awaitsDelegator, answer } = result
    if (awaitsDelegator) return c.json({ data: { job_id: jobId, status: 'waiting_for_connection' } }, 202)
    if (!answer) return c.json({ data: { job_id: jobId, status: 'accepted' } }, 202)
    const { status, errorCode, output } = answer
    return c.json(
      { data: { job_id: jobId, status, error_code: errorCode, output } },
      status === 'succeeded' ? 200 : 500,
    )
  })
  return routes
}

function readBody(text: string, contentType: string | undefined): unknown {
  if (text === '') return null
  if (contentType?.startsWith('application/x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(text))
  if (contentType !== undefined && !/json/.test(contentType)) return text
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new UserError('request_invalid', 'The body is not valid JSON.', { cause })
  }
}

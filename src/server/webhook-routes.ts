import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { CommandsContext } from '#commands/context.ts'
import { receiveWebhook } from '#commands/jobs/run-recipe.ts'
import { UserError } from '#core/errors.ts'
import { readWebhookCall } from './read-webhook-call.ts'

const limitBody = bodyLimit({
  maxSize: 1024 * 1024,
  onError: (c) => {
    // The rest of the body is not read, so nothing can follow it on this connection.
    c.header('connection', 'close')
    throw new UserError('request_too_large', 'Send at most 1 MiB.', { status: 413 })
  },
})

/** The address of each webhook recipe. The secret in it is all that a caller needs; an unknown one is a plain 404. */
export function webhookRoutes(ctx: CommandsContext): Hono {
  const routes = new Hono()
  routes.post('/:recipe/:secret', limitBody, async (c) => {
    const { recipe: recipeId, secret } = c.req.param()
    const result = await receiveWebhook(ctx, { recipeId, secret, ...(await readWebhookCall(c.req)) })
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
  routes.all('/:recipe/:secret', (c) => {
    c.header('allow', 'POST')
    throw new UserError('method_not_allowed', 'A webhook is called by POST.', { status: 405 })
  })
  return routes
}

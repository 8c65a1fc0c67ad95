import { randomUUID } from 'node:crypto'
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { OutsideError, UserError } from '#core/errors.ts'
import type { Log } from '#core/log.ts'

/** The one place where an error becomes an answer: what people may see, or a reference to what they may not. */
export function answerError({ log }: { log: Log }, c: Context, error: unknown): Response {
  if (error instanceof UserError) {
    const { code, message, details, status } = error
    return c.json({ error: { code, message, ...(details && { details }) } }, status)
  }
  if (error instanceof OutsideError) return c.json({ error: { code: error.code, message: error.message } }, 502)
  if (error instanceof HTTPException)
    return c.json({ error: { code: 'request_invalid', message: 'The request cannot be read.' } }, error.status)
  const reference = randomUUID()
  log.error(
    { err: error, reference, path: c.req.routePath, method: c.req.method },
    'a request failed by a fault of ours',
  )
  const message = 'Something went wrong in Behalf. Quote the reference to whoever runs it.'
  return c.json({ error: { code: 'bug', message, reference } }, 500)
}

import { createMiddleware } from 'hono/factory'
import { UserError } from '#core/errors.ts'
import { findInexactNumber } from '#core/exact-number.ts'

/** Refuses a body with a number that would not be kept as it was sent with `request_invalid` (400): silently it would become another one. */
export const exactNumbers = createMiddleware(async (c, next) => {
  const number = /json/i.test(c.req.header('content-type') ?? '') ? findIn(await c.req.text()) : undefined
  if (number === undefined) return next()
  const message = `The number ${number.slice(0, 40)} cannot be held exactly: give fewer digits, or give it as text.`
  throw new UserError('request_invalid', message)
})

function findIn(body: string): string | undefined {
  try {
    return findInexactNumber(body)
  } catch {
    // What is no JSON is refused by whoever reads it.
    return undefined
  }
}

import type { Context, MiddlewareHandler } from 'hono'
import { getCookie } from 'hono/cookie'
import type { CommandsContext } from '#commands/context.ts'
import { type Actor, cookieOf, identifyApiKey, identifySession } from '#commands/identify.ts'
import { countRefusedApiKey } from '#commands/record-refusal.ts'
import { UserError } from '#core/errors.ts'
import type { ApiEnv } from '../api-env.ts'

/**
 * Finds out who acts: the person of a session's cookie, or an API key sent as `Authorization: Bearer bhk_…`. Refuses nobody with
 * `not_signed_in` (401), a key that is not good with `api_key_refused` (401), both kinds at once with `two_credentials` (400), so that
 * it is never in doubt whose rights counted.
 */
export function identify(ctx: CommandsContext): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    c.set('actor', await findActor(ctx, c))
    await next()
  }
}

async function findActor(ctx: CommandsContext, c: Context<ApiEnv>): Promise<Actor> {
  const cookie = getCookie(c, cookieOf(ctx).name)
  const authorization = c.req.header('authorization')
  if (cookie !== undefined && authorization !== undefined)
    throw new UserError('two_credentials', 'Send the session’s cookie or an API key, not both.')
  if (authorization !== undefined) return findKey(ctx, c, authorization)
  const person = cookie === undefined ? undefined : await identifySession(ctx, cookie)
  if (person) return person
  throw new UserError('not_signed_in', 'Sign in first, or send an API key: Authorization: Bearer bhk_…', {
    status: 401,
  })
}

async function findKey(ctx: CommandsContext, c: Context<ApiEnv>, authorization: string): Promise<Actor> {
  const token = /^Bearer +(\S+) *$/i.exec(authorization)?.[1]
  const key = token === undefined ? undefined : await identifyApiKey(ctx, token)
  if (key) return key
  await countRefusedApiKey(ctx, { ip: c.get('clientAddress') ?? '' })
  throw new UserError('api_key_refused', 'This API key is unknown, revoked or expired, or who made it has left.', {
    status: 401,
  })
}

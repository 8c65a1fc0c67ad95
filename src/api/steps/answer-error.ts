import { randomBytes } from 'node:crypto'
import type { Context, ErrorHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { z } from 'zod'
import type { CommandsContext } from '#commands/context.ts'
import { recordRefusal } from '#commands/record-refusal.ts'
import { OutsideError, UserError } from '#core/errors.ts'
import type { ApiEnv } from '../api-env.ts'
import type { ErrorBody } from '../contract.ts'

/**
 * Turns whatever was thrown into `{ error }`: what a person can mend as it stands, a failure of another system as 502, and a fault of ours
 * as 500 with a reference, under which the log has the rest. A refusal for want of a privilege is put on record.
 */
export function answerError(ctx: CommandsContext): ErrorHandler<ApiEnv> {
  return async (error, c) => {
    const shown = asUserError(error)
    if (shown) {
      await recordForbidden(ctx, c, shown)
      return answerUserError(c, shown)
    }
    if (error instanceof OutsideError) {
      const { code, message, details } = error
      return answer(c, 502, { code, message, ...(details && { details }) })
    }
    return answerFault(ctx, c, error)
  }
}

/** Refuses a request that does not fit its schema with `request_invalid` (400) and every path that is wrong; never with its values. */
export function refuseUnfit(result: { success: boolean; target: string; error?: unknown }): void {
  if (result.success) return
  const { issues } = result.error as z.ZodError
  const problems = issues.flatMap(problemsOf).map(({ path, message }) => ({
    path: [PLACES[result.target] ?? result.target, ...path].join('.'),
    message,
  }))
  const [first] = problems
  const rest = problems.length > 1 ? ` And ${problems.length - 1} more.` : ''
  throw requestInvalid(`The request does not fit: ${first?.path}: ${first?.message}.${rest}`, { problems })
}

const MAX_UNKNOWN = 20

function problemsOf(issue: z.core.$ZodIssue): { path: PropertyKey[]; message: string }[] {
  const { path, code, message } = issue
  if (code === 'unrecognized_keys')
    return issue.keys
      .slice(0, MAX_UNKNOWN)
      .map((key) => ({ path: [...path, key.slice(0, 100)], message: 'is not known here' }))
  if (code === 'invalid_type' && message.endsWith('received undefined')) return [{ path, message: 'is missing' }]
  return [{ path, message }]
}

const PLACES: Record<string, string> = { json: 'body', param: 'path' }

function requestInvalid(message: string, details?: Record<string, unknown>): UserError {
  return new UserError('request_invalid', message, details ? { details } : {})
}

function asUserError(error: unknown): UserError | undefined {
  if (error instanceof UserError) return error
  if (error instanceof HTTPException) {
    if (error.status === 415) return requestInvalid('Send the body as JSON, with content-type: application/json.')
    if (error.status < 500) return requestInvalid('The body is not JSON.')
  }
  if (isUnstorable(error)) return requestInvalid('The request holds a character that cannot be kept, such as NUL.')
  return undefined
}

// https://www.postgresql.org/docs/current/errcodes-appendix.html: character_not_in_repertoire, untranslatable_character
function isUnstorable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === '22021' || error.code === '22P05')
}

function answerUserError(c: Context<ApiEnv>, { code, message, status, details }: UserError): Response {
  if (status === 401) c.header('www-authenticate', 'Bearer')
  const wait = details?.retryAfterSeconds
  if (typeof wait === 'number') c.header('retry-after', String(wait))
  return answer(c, status, { code, message, ...(details && { details }) })
}

async function recordForbidden(ctx: CommandsContext, c: Context<ApiEnv>, { code, details }: UserError): Promise<void> {
  const actor = c.get('actor')
  if ((code !== 'forbidden' && code !== 'role_refused') || !actor) return
  const what = `${c.req.method} ${c.req.path}`.slice(0, 200)
  await recordRefusal(ctx, actor, { what, code, missing: details?.missing ?? null })
}

function answerFault(ctx: CommandsContext, c: Context<ApiEnv>, error: unknown): Response {
  const reference = `ref_${randomBytes(6).toString('hex')}`
  ctx.log.error(
    { err: error, reference, method: c.req.method, path: c.req.path },
    'a request failed by a fault of ours',
  )
  const message = 'Something went wrong in Behalf. Quote the reference to whoever runs it.'
  return answer(c, 500, { code: 'bug', message, reference })
}

function answer(c: Context, status: ContentfulStatusCode, error: z.infer<typeof ErrorBody>['error']): Response {
  return c.json({ error }, status)
}

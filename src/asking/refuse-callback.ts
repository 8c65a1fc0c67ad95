import type { Selectable } from 'kysely'
import { UserError } from '#core/errors.ts'
import type { Tables } from '#database/tables.ts'
import { recordAudit } from '#people/audit.ts'
import type { AskingContext } from './context.ts'

/** One trip to an application, as it was begun. */
export type Attempt = Selectable<Tables['connect_attempts']>

/** Nobody waits for this answer any more: one that was given in another browser, or on another page, was taken before. */
export const REQUEST_OVER =
  'This was answered, declined, or has lapsed meanwhile, so this answer was not taken. Look where you began for what came of it.'

/** What is thrown when an answer to a trip is not taken. */
export function refusal(message: string): UserError {
  return new UserError('callback_refused', message, { status: 403 })
}

/** The refusal of an answer, put on record. */
export async function refuse(ctx: AskingContext, attempt: Attempt, why: string, message: string): Promise<UserError> {
  await recordRefusal(ctx, attempt, why)
  return refusal(message)
}

export function recordRefusal(ctx: AskingContext, attempt: Attempt, why: string): Promise<void> {
  const event = {
    action: 'connect.callback_refused',
    targetId: attempt.parent_id,
    details: { why, person_id: attempt.person_id },
  } as const
  return recordAudit(ctx.db, { workspaceId: attempt.workspace_id }, event)
}

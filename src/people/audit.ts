import { UserError } from '#core/errors.ts'
import type { ApiKeyId, PersonId, WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { type Actor, workspaceOf } from './actor.ts'
import type { AuditAction } from './audit-actions.ts'

const MAX_LISTED = 500

/** Something that happened, on record for good. */
export interface AuditEvent {
  /** Grows with time; the cursor of `listAuditEvents`. */
  id: string
  at: Date
  /** Who did it: a person, an API key, a key as a person of its product (both), or (neither) Behalf itself or somebody it does not know. */
  personId: PersonId | null
  apiKeyId: ApiKeyId | null
  /** An `AuditAction`, or one of an earlier version of Behalf. */
  action: string
  targetId: string | null
  details: Record<string, unknown>
}

/**
 * Puts an event on record. In a transaction it is kept or lost together with what it tells of; a refusal, which rolls back,
 * is recorded outside of one. `details` is shown to whoever views the audit log: no credential, no private data.
 * `by` is the actor, or only the workspace where nobody known did it.
 */
export async function recordAudit(
  db: Db,
  by: Actor | { workspaceId: WorkspaceId },
  event: { action: AuditAction; targetId?: string | null; details?: Record<string, unknown> },
): Promise<void> {
  const actor = 'kind' in by ? by : undefined
  await db
    .insertInto('audit_events')
    .values({
      workspace_id: 'kind' in by ? workspaceOf(by) : by.workspaceId,
      person_id: actor?.kind === 'person' ? actor.person.id : null,
      api_key_id: keyOf(actor),
      action: event.action,
      target_id: event.targetId ?? null,
      details: JSON.stringify(event.details ?? {}),
    })
    .execute()
}

const keyOf = (actor: Actor | undefined): ApiKeyId | null =>
  actor?.kind === 'api_key' ? actor.id : ((actor?.kind === 'person' ? actor.apiKeyId : undefined) ?? null)

export interface AuditQuery {
  /** Only events before this one: the id of the last event of the page before. */
  before?: string
  /** 1 to 500. */
  limit: number
  action?: AuditAction
  targetId?: string
  /** Only what this person did. */
  personId?: PersonId
}

/** The workspace's audit events, the newest first. Refuses a `before` that is no event id with `invalid_cursor`. */
export async function listAuditEvents(db: Db, workspaceId: WorkspaceId, query: AuditQuery): Promise<AuditEvent[]> {
  const { before, limit, action, targetId, personId } = query
  let select = db
    .selectFrom('audit_events')
    .select([
      'id',
      'at',
      'person_id as personId',
      'api_key_id as apiKeyId',
      'action',
      'target_id as targetId',
      'details',
    ])
    .where('workspace_id', '=', workspaceId)
  if (before !== undefined) select = select.where('id', '<', checkCursor(before))
  if (action !== undefined) select = select.where('action', '=', action)
  if (targetId !== undefined) select = select.where('target_id', '=', targetId)
  if (personId !== undefined) select = select.where('person_id', '=', personId)
  return select
    .orderBy('id', 'desc')
    .limit(Math.min(Math.max(Math.trunc(limit), 1), MAX_LISTED))
    .execute()
}

function checkCursor(before: string): string {
  if (/^\d{1,18}$/.test(before)) return before
  throw new UserError('invalid_cursor', 'This page of the list does not exist. Begin with the first one.')
}

import type { PersonId } from '#core/ids.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import { type AuditEvent, type AuditQuery, listAuditEvents as readAuditEvents } from '#people/audit.ts'
import type { AuditAction } from '#people/audit-actions.ts'
import type { CommandsContext } from '../context.ts'

/** An event with the name of whoever did it. */
export type NamedAuditEvent = AuditEvent & { person: { id: PersonId; name: string } | null }

/** What happened, the newest first. Needs View the audit log. Refuses `invalid_cursor`. */
export async function listAuditEvents(
  ctx: CommandsContext,
  actor: Actor,
  { action, ...query }: Omit<AuditQuery, 'action'> & { action?: string | undefined },
): Promise<NamedAuditEvent[]> {
  requirePrivilege(actor, 'audit_log.view')
  const events = await readAuditEvents(ctx.db, workspaceOf(actor), {
    ...query,
    // A word that names no action finds nothing; one of an earlier version of Behalf finds its events.
    ...(action !== undefined && { action: action as AuditAction }),
  })
  return withNames(ctx, events)
}

/** Events with the names of whoever did them. */
export async function withNames(ctx: CommandsContext, events: AuditEvent[]): Promise<NamedAuditEvent[]> {
  const names = await namesOf(ctx, events)
  return events.map((event) => ({
    ...event,
    person: event.personId && { id: event.personId, name: names.get(event.personId) ?? event.personId },
  }))
}

async function namesOf(ctx: CommandsContext, events: AuditEvent[]): Promise<Map<PersonId, string>> {
  const ids = [...new Set(events.flatMap(({ personId }) => (personId === null ? [] : [personId])))]
  if (ids.length === 0) return new Map()
  const rows = await ctx.db.selectFrom('persons').select(['id', 'name']).where('id', 'in', ids).execute()
  return new Map(rows.map(({ id, name }) => [id, name]))
}

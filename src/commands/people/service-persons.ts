import { openConnectRequests } from '#asking/connect-request.ts'
import { openOwnVisit } from '#asking/connect-visit.ts'
import { connectorOf, loadParent } from '#connections/parent.ts'
import { readStanding } from '#connections/standing.ts'
import { UserError } from '#core/errors.ts'
import type { ConnectionId, PersonId } from '#core/ids.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import type { Person } from '#people/person.ts'
import { createPerson, loadPerson } from '#people/persons.ts'
import type { CommandsContext } from '../context.ts'
import { requirePerson } from '../identify.ts'

const VISIT_LIFE_MS = 60 * 60 * 1000

/** Adds a service person: an account for what no human does, who never signs in. Needs Create connections. Refuses `invalid_name`. */
export async function createServicePerson(
  ctx: CommandsContext,
  actor: Actor,
  { name }: { name: string },
): Promise<Person> {
  requirePrivilege(actor, 'connections.create')
  const [workspaceId, now] = [workspaceOf(actor), ctx.clock()]
  return ctx.db.transaction().execute(async (tx) => {
    const person = await createPerson(tx, { workspaceId, kind: 'service', name, now })
    const details = { name: person.name, kind: 'service' }
    await recordAudit(tx, actor, { action: 'person.created', targetId: person.id, details })
    return person
  })
}

/**
 * Begins connecting a service person's own account: the connect page, which any session opens that may create connections; who did it is on
 * record. Needs Create connections, of a signed-in person. Refuses `person_not_service` for everybody else: nobody connects for a human.
 */
export async function connectForService(
  ctx: CommandsContext,
  actor: Actor,
  { personId, parentId }: { personId: PersonId; parentId: ConnectionId },
): Promise<string> {
  requirePrivilege(actor, 'connections.create')
  const { person: administrator } = requirePerson(actor)
  const { workspaceId } = administrator
  const person = await loadPerson(ctx.db, workspaceId, personId)
  if (person.kind !== 'service' || person.status !== 'active')
    throw new UserError(
      'person_not_service',
      'Only for an active service person can somebody else connect. Everybody else connects their own account themselves.',
      { status: 403 },
    )
  const parent = await loadParent(ctx.db, workspaceId, parentId)
  if (!connectorOf(ctx, parent.connector).personal)
    throw new UserError('connection_not_needed', 'This application has no accounts of persons.', { status: 422 })
  const standing = await readStanding(ctx, { parentId, personId, recipe: null }, null)
  const interruption = standing.kind === 'interrupted' ? standing.interruption : null
  const reason = interruption?.kind === 'connect' ? interruption.reason : 'never_connected'
  const now = ctx.clock()
  const expiresAt = new Date(now.getTime() + VISIT_LIFE_MS)
  const visitId = await ctx.db.transaction().execute(async (tx) => {
    await openConnectRequests(tx, { person, missing: [{ parentId, reason }], expiresAt, now })
    const details = { person_id: personId, parent_id: parentId }
    await recordAudit(tx, actor, { action: 'connect.link_made', targetId: personId, details })
    const visit = { workspaceId, personId, jobId: null, parentId, surface: 'web', expiresAt, now }
    return openOwnVisit(tx, { ...visit, returnTo: '/runtime-user-connections' })
  })
  return new URL(`/connect/v/${visitId}`, ctx.publicUrl).href
}

import { type ListedConnection, listConnections } from '#connections/list-connections.ts'
import type { PersonId } from '#core/ids.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import type { Person } from '#people/person.ts'
import { loadPerson } from '#people/persons.ts'
import { countRevocations, type RevocationCounts } from '../connections/revocation-counts.ts'
import type { CommandsContext } from '../context.ts'

/** What one person connected, and how ending what they had went. */
export interface ConnectionsOfPerson {
  person: Person
  connections: ListedConnection[]
  /** Of all their connections, deleted ones too. */
  revocations: RevocationCounts
}

const MOST_SHOWN = 500

/** A person's connections for whoever shuts them out, or did. Needs View runtime user connections; refuses `person_not_found`. */
export async function viewConnectionsOfPerson(
  ctx: CommandsContext,
  actor: Actor,
  personId: PersonId,
): Promise<ConnectionsOfPerson> {
  requirePrivilege(actor, 'runtime_user_connections.view')
  const workspaceId = workspaceOf(actor)
  const person = await loadPerson(ctx.db, workspaceId, personId)
  const connections = await listConnections(ctx.db, workspaceId, { kind: 'children', personId, limit: MOST_SHOWN })
  const revocations = await countRevocations(ctx.db, (query) =>
    query.where('connection_id', 'in', (from) =>
      from.selectFrom('connections').select('connections.id').where('person_id', '=', personId),
    ),
  )
  return { person, connections, revocations }
}

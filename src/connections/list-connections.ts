import type { Selectable } from 'kysely'
import { sql } from 'kysely'
import type { ConnectionId, PersonId, ProjectId, WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import type { Tables } from '#database/tables.ts'

export interface ConnectionFilter {
  ids?: ConnectionId[]
  kind: 'parents' | 'children' | 'both'
  projectId?: ProjectId | undefined
  connector?: string | undefined
  parentId?: ConnectionId | undefined
  personId?: PersonId | undefined
  /** Only connections made before this one: the id of the last of the page before. */
  before?: string | undefined
  limit: number
}

type Named<Reference> = Reference extends `connection.${infer Column}` ? Column : never

/** A connection as lists show it: nothing sealed is even selected. */
export type ListedConnection = Pick<Selectable<Tables['connections']>, Named<(typeof LISTED_COLUMNS)[number]>> & {
  person_name: string | null
  person_email: string | null
  person_kind: Selectable<Tables['persons']>['kind'] | null
  revocation_status: Selectable<Tables['revocations']>['status'] | null
  revocation_outcome: string | null
  children_count: number | null
}

/** Live connections of the workspace, the newest first. */
export async function listConnections(
  db: Db,
  workspaceId: WorkspaceId,
  filter: ConnectionFilter,
): Promise<ListedConnection[]> {
  let query = db
    .selectFrom('connections as connection')
    .leftJoin('persons as person', 'person.id', 'connection.person_id')
    .leftJoinLateral(
      (from) =>
        from
          .selectFrom('revocations')
          .select(['status', 'outcome'])
          .whereRef('revocations.connection_id', '=', 'connection.id')
          .where(({ not, exists, selectFrom }) =>
            not(
              exists(
                selectFrom('grants').whereRef('grants.connection_id', '=', 'connection.id').select('connection_id'),
              ),
            ),
          )
          .orderBy('id', 'desc')
          .limit(1)
          .as('revocation'),
      (join) => join.onTrue(),
    )
    .select(LISTED_COLUMNS)
    .select([
      'person.name as person_name',
      'person.email as person_email',
      'person.kind as person_kind',
      sql<Selectable<Tables['revocations']>['status'] | null>`revocation.status`.as('revocation_status'),
      'revocation.outcome as revocation_outcome',
      sql<number | null>`case when connection.parent_id is null then (
        select count(*)::int from connections child where child.parent_id = connection.id and child.deleted_at is null
      ) end`.as('children_count'),
    ])
    .where('connection.workspace_id', '=', workspaceId)
    .where('connection.deleted_at', 'is', null)
    .orderBy('connection.id', 'desc')
    .limit(filter.limit)
  if (filter.ids) query = query.where('connection.id', 'in', filter.ids)
  if (filter.kind === 'parents') query = query.where('connection.parent_id', 'is', null)
  if (filter.kind === 'children') query = query.where('connection.parent_id', 'is not', null)
  if (filter.projectId) query = query.where('connection.project_id', '=', filter.projectId)
  if (filter.connector) query = query.where('connection.connector', '=', filter.connector)
  if (filter.parentId) query = query.where('connection.parent_id', '=', filter.parentId)
  if (filter.personId) query = query.where('connection.person_id', '=', filter.personId)
  if (filter.before) query = query.where('connection.id', '<', filter.before as ConnectionId)
  return query.execute()
}

const LISTED_COLUMNS = [
  'connection.public_origin',
  'connection.id',
  'connection.workspace_id',
  'connection.project_id',
  'connection.environment',
  'connection.connector',
  'connection.name',
  'connection.parent_id',
  'connection.person_id',
  'connection.settings',
  'connection.client_id',
  'connection.scopes',
  'connection.client_version',
  'connection.status',
  'connection.status_reason',
  'connection.status_at',
  'connection.account_id',
  'connection.account_label',
  'connection.account_email',
  'connection.granted_client_version',
  'connection.personal_form',
  'connection.at_once',
  'connection.identity_id',
  'connection.surface',
  'connection.created_by',
  'connection.created_at',
  'connection.last_authorized_at',
  'connection.last_used_at',
  'connection.deleted_at',
] as const

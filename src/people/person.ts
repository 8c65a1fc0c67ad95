import type { Selectable } from 'kysely'
import type { PersonId, WorkspaceId } from '#core/ids.ts'
import type { Tables } from '#database/tables.ts'
import type { Role } from './privileges.ts'

/** A human known to a workspace (`member`), a product's own user (`external`), or an account for machines (`service`). */
export interface Person {
  id: PersonId
  workspaceId: WorkspaceId
  kind: 'member' | 'external' | 'service'
  name: string
  /** As it was typed, trimmed; compared in lower case. Only a `member` signs in with it. */
  email: string | null
  role: Role
  status: 'active' | 'deactivated'
  createdAt: Date
}

/** The columns that `personFromRow` reads, so that a join names them too. */
export const PERSON_COLUMNS = [
  'persons.id',
  'persons.workspace_id',
  'persons.kind',
  'persons.name',
  'persons.email',
  'persons.role',
  'persons.status',
  'persons.created_at',
] as const

type PersonRow = Pick<
  Selectable<Tables['persons']>,
  'id' | 'workspace_id' | 'kind' | 'name' | 'email' | 'role' | 'status' | 'created_at'
>

export function personFromRow(row: PersonRow): Person {
  const { id, kind, name, email, role, status } = row
  return { id, workspaceId: row.workspace_id, kind, name, email, role, status, createdAt: row.created_at }
}

export function personToRow({ workspaceId, createdAt, ...person }: Person): PersonRow {
  return { ...person, workspace_id: workspaceId, created_at: createdAt }
}

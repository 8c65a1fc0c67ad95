import type { Selectable } from 'kysely'
import { UserError } from '#core/errors.ts'
import type { NamespaceId, WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import type { Tables } from '#database/tables.ts'
import { checkName } from './names.ts'

/** One product that embeds Behalf: its people are known by its own ids of them, and only keys of its namespace act as them. */
export interface Namespace {
  id: NamespaceId
  workspaceId: WorkspaceId
  name: string
  /** Where browsers and notices may be sent: `https://app.example.com`. */
  origins: string[]
  /** Where a browser is sent when a request names no other place. */
  redirectUrl: string | null
  createdAt: Date
}

export interface NamespaceWanted {
  name: string
  origins: string[]
  redirectUrl: string | null
}

/**
 * What was typed, in one spelling. Refuses `invalid_name`; `origin_invalid` for what is no bare origin, or neither https nor a loopback
 * host; `url_not_registered` for a `redirectUrl` outside the origins.
 */
export function checkNamespace({ name, origins, redirectUrl }: NamespaceWanted): NamespaceWanted {
  const checked = [...new Set(origins.map(checkOrigin))]
  return {
    name: checkName(name),
    origins: checked,
    redirectUrl: redirectUrl === null ? null : checkRegistered({ origins: checked }, redirectUrl),
  }
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']

function checkOrigin(text: string): string {
  const url = URL.parse(text.trim())
  const known = url && (url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.includes(url.hostname)))
  if (known && url.href === `${url.origin}/` && !url.hostname.includes('*')) return url.origin
  throw new UserError(
    'origin_invalid',
    `“${text}” is no origin to register. Give https, host and port alone, such as https://app.example.com.`,
    { status: 422 },
  )
}

/**
 * A URL a product asks to send a browser or a notice to, in one spelling. Refuses `url_not_registered` (422) for any other origin than its
 * namespace's, and for one with a user name, a password or a fragment.
 */
export function checkRegistered({ origins }: Pick<Namespace, 'origins'>, text: string): string {
  const url = URL.parse(text)
  if (url && origins.includes(url.origin) && url.username + url.password + url.hash === '') return url.href
  throw new UserError(
    'url_not_registered',
    `${url?.origin ?? 'This'} is not registered for the namespace. Register its origin there, or use one of: ${origins.join(', ') || 'none yet'}.`,
    { status: 422 },
  )
}

/** That namespace of the workspace, or `namespace_not_found`; a deleted one is as if it were not there. */
export async function loadNamespace(db: Db, workspaceId: WorkspaceId, id: NamespaceId): Promise<Namespace> {
  const row = await db
    .selectFrom('namespaces')
    .select(NAMESPACE_COLUMNS)
    .where('id', '=', id)
    .where('workspace_id', '=', workspaceId)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  if (row) return namespaceFromRow(row)
  throw namespaceNotFound()
}

/** The workspace's namespaces by name; never a secret. */
export async function listNamespaces(db: Db, workspaceId: WorkspaceId): Promise<Namespace[]> {
  const rows = await db
    .selectFrom('namespaces')
    .select(NAMESPACE_COLUMNS)
    .where('workspace_id', '=', workspaceId)
    .where('deleted_at', 'is', null)
    .orderBy('name')
    .execute()
  return rows.map(namespaceFromRow)
}

/** Adds a namespace. Its people know no other's: refuses `name_taken`. */
export async function insertNamespace(
  db: Db,
  {
    id,
    workspaceId,
    name,
    origins,
    redirectUrl,
    createdAt,
    ...row
  }: Namespace & Pick<Selectable<Tables['namespaces']>, 'sealed_secret' | 'created_by'>,
): Promise<void> {
  const inserted = await db
    .insertInto('namespaces')
    .values({ ...row, id, workspace_id: workspaceId, name, origins, redirect_url: redirectUrl, created_at: createdAt })
    .onConflict((conflict) => conflict.columns(['workspace_id', 'name']).where('deleted_at', 'is', null).doNothing())
    .executeTakeFirst()
  if (inserted.numInsertedOrUpdatedRows === 0n) throw nameTaken()
}

/** Gives a namespace another name, other origins, another default or another secret. Refuses `name_taken`. */
export async function updateNamespace(
  db: Db,
  { id, name, origins, redirectUrl, sealedSecret }: NamespaceWanted & { id: NamespaceId; sealedSecret?: Buffer },
): Promise<void> {
  await db
    .updateTable('namespaces')
    .set({ name, origins, redirect_url: redirectUrl, ...(sealedSecret && { sealed_secret: sealedSecret }) })
    .where('id', '=', id)
    .execute()
    .catch((error: unknown) => {
      // https://www.postgresql.org/docs/current/errcodes-appendix.html: unique_violation
      throw error instanceof Error && 'code' in error && error.code === '23505' ? nameTaken() : error
    })
}

/**
 * From its commit on no key of the namespace is good any more. Answers its name; undefined where it was deleted before; refuses
 * `namespace_not_found`.
 */
export async function deleteNamespace(
  db: Db,
  { workspaceId, id, now }: { workspaceId: WorkspaceId; id: NamespaceId; now: Date },
): Promise<string | undefined> {
  const row = await db
    .selectFrom('namespaces')
    .select(['name', 'deleted_at'])
    .where('id', '=', id)
    .where('workspace_id', '=', workspaceId)
    .forUpdate()
    .executeTakeFirst()
  if (!row) throw namespaceNotFound()
  if (row.deleted_at) return undefined
  await db.updateTable('namespaces').set({ deleted_at: now }).where('id', '=', id).execute()
  return row.name
}

const NAMESPACE_COLUMNS = ['id', 'workspace_id', 'name', 'origins', 'redirect_url', 'created_at'] as const

function namespaceFromRow(row: Pick<Selectable<Tables['namespaces']>, (typeof NAMESPACE_COLUMNS)[number]>): Namespace {
  const { id, name, origins, redirect_url: redirectUrl } = row
  return { id, workspaceId: row.workspace_id, name, origins, redirectUrl, createdAt: row.created_at }
}

function namespaceNotFound(): UserError {
  return new UserError('namespace_not_found', 'There is no such namespace. It may have been deleted.', { status: 404 })
}

function nameTaken(): UserError {
  return new UserError('name_taken', 'There is a namespace of that name already.', { status: 409 })
}

import type { Selectable } from 'kysely'
import type { Authentication, Connector, CredentialForm, OAuthServer } from '#connectors/connector.ts'
import { Bug, UserError } from '#core/errors.ts'
import type { ConnectionId, ProjectId, WorkspaceId } from '#core/ids.ts'
import { Secret } from '#core/secret.ts'
import type { Db } from '#database/db.ts'
import type { Environment, Tables } from '#database/tables.ts'
import type { ConnectionsContext } from './context.ts'
import { open, type SealedPlace, seal } from './sealing/seal.ts'

/** A connection a builder made: settings, OAuth client and default grant of one instance of an application. */
export interface Parent {
  id: ConnectionId
  workspaceId: WorkspaceId
  projectId: ProjectId
  environment: Environment
  connector: string
  name: string
  settings: Record<string, unknown>
  clientId: string | null
  sealedClient: Buffer | null
  /** Grows when client or host change: grants given before it no longer count. */
  clientVersion: number
  status: 'success' | 'failed' | 'exception' | null
  /** Whether people may connect their own account by a form. */
  personalForm: boolean
  deleted: boolean
}

/** What a `Parent` is read from. */
export const PARENT_COLUMNS = [
  'id',
  'workspace_id',
  'project_id',
  'environment',
  'connector',
  'name',
  'settings',
  'client_id',
  'sealed_client',
  'client_version',
  'status',
  'personal_form',
  'deleted_at',
] as const

type ParentRow = Pick<Selectable<Tables['connections']>, (typeof PARENT_COLUMNS)[number]>

export function parentFromRow(row: ParentRow): Parent {
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    projectId: row.project_id,
    environment: row.environment,
    connector: row.connector,
    name: row.name,
    settings: row.settings,
    clientId: row.client_id,
    sealedClient: row.sealed_client,
    clientVersion: row.client_version,
    status: row.status as Parent['status'],
    personalForm: row.personal_form,
    deleted: row.deleted_at !== null,
  }
}

/** Finds a parent, deleted ones too; undefined for a child's id. */
export async function findParent(db: Db, id: ConnectionId): Promise<Parent | undefined> {
  const row = await db
    .selectFrom('connections')
    .select(PARENT_COLUMNS)
    .where('id', '=', id)
    .where('parent_id', 'is', null)
    .executeTakeFirst()
  return row && parentFromRow(row)
}

/** The parent, alive and of this workspace, or `UserError('connection_not_found')`. */
export async function loadParent(db: Db, workspaceId: WorkspaceId, id: ConnectionId): Promise<Parent> {
  const parent = await findParent(db, id)
  if (!parent || parent.deleted || parent.workspaceId !== workspaceId)
    throw new UserError('connection_not_found', 'There is no such connection. It may have been deleted.', {
      status: 404,
    })
  return parent
}

/** The connector of a connection; a folder that was removed since is a `Bug`. */
export function connectorOf(ctx: ConnectionsContext, name: string): Connector {
  const connector = ctx.connectors.get(name)
  if (!connector) throw new Bug(`no connector is called ${name}`)
  return connector
}

/** Where and how this parent's application speaks OAuth; a `Bug` where it does not. */
export function oauthServerOf(ctx: ConnectionsContext, parent: Parent): OAuthServer {
  const authentication = authenticationOf(ctx, parent)
  if (authentication.kind !== 'oauth2') throw new Bug(`connection ${parent.id} does not speak OAuth`)
  return authentication.server
}

/** The form that connects accounts under this parent; `UserError('credential_not_taken')` where people sign in at the application. */
export function requireFormOf(ctx: ConnectionsContext, parent: Parent): CredentialForm {
  const authentication = authenticationOf(ctx, parent)
  if (authentication.kind === 'form') return authentication.form
  throw new UserError(
    'credential_not_taken',
    'This application is connected by signing in there: connect it without a credential.',
    { status: 422 },
  )
}

/** How accounts are connected under this parent. */
export function authenticationOf(ctx: ConnectionsContext, parent: Parent): Authentication {
  return connectorOf(ctx, parent.connector).authentication(parent.settings)
}

/** The redirect URI of this parent alone, so that an answer meant for another one cannot be presented here. */
export function redirectUriOf(ctx: Pick<ConnectionsContext, 'publicUrl'>, parentId: ConnectionId): URL {
  return new URL(`/connect/callback/${parentId}`, ctx.publicUrl)
}

export interface OAuthClient {
  clientId: string
  clientSecret: Secret
}

const clientPlace = (id: ConnectionId): SealedPlace => ({ table: 'connections', id, column: 'sealed_client' })

export function sealClient(ctx: ConnectionsContext, id: ConnectionId, client: OAuthClient): Promise<Buffer> {
  const value = { client_id: client.clientId, client_secret: client.clientSecret.reveal() }
  return seal(ctx.keys, clientPlace(id), value)
}

export async function openClient(ctx: ConnectionsContext, parent: Parent): Promise<OAuthClient> {
  if (!parent.sealedClient) throw new Bug(`connection ${parent.id} has no OAuth client`)
  const client = await open<{ client_id: string; client_secret: string }>(
    ctx.keys,
    clientPlace(parent.id),
    parent.sealedClient,
  )
  return { clientId: client.client_id, clientSecret: new Secret(client.client_secret) }
}

import { sql } from 'kysely'
import type { Authentication } from '#connectors/connector.ts'
import { UserError } from '#core/errors.ts'
import { type ConnectionId, newId, type ProjectId } from '#core/ids.ts'
import { Secret } from '#core/secret.ts'
import type { Db } from '#database/db.ts'
import type { Environment } from '#database/tables.ts'
import { type Actor, workspaceOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import { checkName } from '#people/names.ts'
import { blameless } from './blame-parent.ts'
import type { ConnectionsContext } from './context.ts'
import { keepFormerClient } from './kept-clients.ts'
import { authenticationOf, loadParent, type OAuthClient, openClient, type Parent, sealClient } from './parent.ts'
import { isMoved, knownConnector, parseSettings, requireForm } from './parent-settings.ts'

export interface ParentWanted {
  /** Given out before, so that its redirect URI could be registered; one that is taken is refused. */
  id?: ConnectionId | undefined
  name: string
  connector: string
  projectId: ProjectId
  environment: Environment
  settings: Record<string, unknown>
  /** Not where a form connects. */
  clientId?: string | undefined
  clientSecret?: string | undefined
  /** Whether people may connect their own account by a form, where a form connects at all. Default no. */
  personalForm?: boolean | undefined
}

/** Makes a parent connection, not connected yet. Refuses unknown connectors and settings that do not fit their schema. */
export async function createParent(
  ctx: ConnectionsContext,
  tx: Db,
  actor: Actor,
  wanted: ParentWanted,
): Promise<ConnectionId> {
  const connector = knownConnector(ctx, wanted.connector)
  const id = wanted.id ?? newId('connection')
  if (wanted.id) await refuseTaken(tx, wanted.id)
  const settings = parseSettings(connector, wanted.settings)
  const client = firstClient(connector.authentication(settings), wanted)
  const personalForm = wanted.personalForm ?? false
  if (personalForm) requireForm(connector, settings)
  await tx
    .insertInto('connections')
    .values({
      id,
      workspace_id: workspaceOf(actor),
      project_id: wanted.projectId,
      environment: wanted.environment,
      connector: wanted.connector,
      name: checkName(wanted.name),
      settings: JSON.stringify(settings),
      sealed_client: client && (await sealClient(ctx, id, client)),
      client_id: client?.clientId ?? null,
      personal_form: personalForm,
      public_origin: ctx.publicUrl.origin,
      created_by: actor.kind === 'person' ? actor.person.id : null,
      created_at: ctx.clock(),
    })
    .execute()
  await recordAudit(tx, actor, {
    action: 'connection.created',
    targetId: id,
    details: { name: wanted.name, connector: wanted.connector, environment: wanted.environment },
  })
  return id
}

async function refuseTaken(tx: Db, id: ConnectionId): Promise<void> {
  // why: two at once; the primary key would refuse the second with a fault.
  await sql`select pg_advisory_xact_lock(hashtextextended(${id}, 0))`.execute(tx)
  const taken = await tx.selectFrom('connections').select('id').where('id', '=', id).executeTakeFirst()
  if (taken)
    throw new UserError('connection_made_already', 'This connection was made already. Open it from the list.', {
      status: 409,
    })
}

export interface ParentChange {
  name?: string | undefined
  settings?: Record<string, unknown> | undefined
  clientId?: string | undefined
  clientSecret?: string | undefined
  /** Turning it off is refused elsewhere while a started recipe relies on it. */
  personalForm?: boolean | undefined
  /** How many jobs use it at once, its people's connections included; null: as many as there is room for. */
  atOnce?: number | null | undefined
}

/**
 * Changes a parent. Another OAuth client, or other settings (the host), mean that grants given before no longer fit: the parent must
 * be connected again, and every person is asked again (`parent_changed`). A new secret of the same client changes nothing for them, and
 * other scopes only that they are asked for those they did not give (`scope_missing`).
 */
export async function changeParent(
  ctx: ConnectionsContext,
  tx: Db,
  actor: Actor,
  { id, change }: { id: ConnectionId; change: ParentChange },
): Promise<void> {
  const parent = await loadParent(tx, workspaceOf(actor), id)
  const connector = knownConnector(ctx, parent.connector)
  const settings = change.settings && parseSettings(connector, change.settings)
  const moved = isMoved(parent.settings, settings) || (change.clientId ?? parent.clientId) !== parent.clientId
  if (change.personalForm ?? parent.personalForm) requireForm(connector, settings ?? parent.settings)
  if (change.clientId !== undefined && change.clientId !== parent.clientId && change.clientSecret === undefined)
    throw new UserError('client_secret_missing', 'Give the secret of the new OAuth client as well.', { status: 422 })
  if (moved) await keepFormerClient(ctx, tx, parent)
  await tx
    .updateTable('connections')
    .set({
      ...(change.name !== undefined && { name: checkName(change.name) }),
      ...(settings && { settings: JSON.stringify(settings) }),
      ...(change.personalForm !== undefined && { personal_form: change.personalForm }),
      ...(change.atOnce !== undefined && { at_once: change.atOnce }),
      // Who saves it has seen the redirect URI that it has now.
      public_origin: ctx.publicUrl.origin,
      ...(await clientColumns(ctx, parent, change)),
      ...(change.clientSecret !== undefined && parent.status === 'exception' && blameless(ctx, id)),
      ...(moved && { client_version: parent.clientVersion + 1, ...notConnectedAnyMore(ctx, parent) }),
    })
    .where('id', '=', id)
    .execute()
  if (change.name !== undefined) await renameChildren(tx, parent, change.name)
  const changed = Object.keys(change).filter((key) => change[key as keyof ParentChange] !== undefined)
  await recordAudit(tx, actor, { action: 'connection.changed', targetId: id, details: { changed, asks_again: moved } })
}

/** Children carry their parent's name, so that lists need no join; one with a name of its own keeps it. */
async function renameChildren(tx: Db, parent: Parent, name: string): Promise<void> {
  await tx
    .updateTable('connections')
    .set({ name })
    .where('parent_id', '=', parent.id)
    .where('name', '=', parent.name)
    .where('deleted_at', 'is', null)
    .execute()
}

/** The OAuth client; null where a form connects. */
function firstClient({ kind }: Authentication, { clientId, clientSecret }: ParentWanted): OAuthClient | null {
  if (kind === 'form' && clientId) throw clientNotUsed()
  if (kind === 'form') return null
  if (clientId) return { clientId, clientSecret: new Secret(clientSecret ?? '') }
  const message = 'Give the id of the OAuth client that you registered at the application.'
  throw new UserError('client_id_missing', message, { status: 422 })
}

const clientNotUsed = (): UserError =>
  new UserError('client_not_used', 'This application has no OAuth client: leave id and secret out.', { status: 422 })

async function clientColumns(ctx: ConnectionsContext, parent: Parent, change: ParentChange) {
  if (change.clientId === undefined && change.clientSecret === undefined) return {}
  if (authenticationOf(ctx, parent).kind === 'form') throw clientNotUsed()
  const clientId = change.clientId ?? parent.clientId ?? ''
  // why: the present one is not opened where it is replaced: it may have been lost with its sealing key.
  const clientSecret =
    change.clientSecret === undefined ? (await openClient(ctx, parent)).clientSecret : new Secret(change.clientSecret)
  return { client_id: clientId, sealed_client: await sealClient(ctx, parent.id, { clientId, clientSecret }) }
}

function notConnectedAnyMore(ctx: ConnectionsContext, parent: Parent) {
  if (parent.status === null) return {}
  return {
    status: 'failed',
    status_reason: 'Its OAuth client or settings changed: connect it again.',
    status_at: ctx.clock(),
  }
}

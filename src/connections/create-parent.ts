import { sql } from 'kysely'
import type { z } from 'zod'
import type { Connector } from '#connectors/connector.ts'
import { UserError } from '#core/errors.ts'
import { type ConnectionId, newId, type ProjectId } from '#core/ids.ts'
import { Secret } from '#core/secret.ts'
import type { Db } from '#database/db.ts'
import type { Environment } from '#database/tables.ts'
import { type Actor, workspaceOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import { blameless } from './blame-parent.ts'
import type { ConnectionsContext } from './context.ts'
import { keepFormerClient } from './kept-clients.ts'
import { connectorOf, loadParent, openClient, type Parent, sealClient } from './parent.ts'

export interface ParentWanted {
  name: string
  connector: string
  projectId: ProjectId
  environment: Environment
  settings: Record<string, unknown>
  clientId: string
  clientSecret: string
}

/** Makes a parent connection, not connected yet. Refuses unknown connectors and settings that do not fit their schema. */
export async function createParent(
  ctx: ConnectionsContext,
  tx: Db,
  actor: Actor,
  wanted: ParentWanted,
): Promise<ConnectionId> {
  const connector = knownConnector(ctx, wanted.connector)
  const id = newId('connection')
  const client = { clientId: wanted.clientId, clientSecret: new Secret(wanted.clientSecret) }
  await tx
    .insertInto('connections')
    .values({
      id,
      workspace_id: workspaceOf(actor),
      project_id: wanted.projectId,
      environment: wanted.environment,
      connector: wanted.connector,
      name: wanted.name,
      settings: JSON.stringify(parseSettings(connector, wanted.settings)),
      sealed_client: await sealClient(ctx, id, client),
      client_id: wanted.clientId,
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

export interface ParentChange {
  name?: string | undefined
  settings?: Record<string, unknown> | undefined
  clientId?: string | undefined
  clientSecret?: string | undefined
}

/**
 * Changes a parent. Another OAuth client, or other settings (the host), mean that grants given before no longer fit: the parent must
 * be connected again, and every person is asked again (`parent_changed`). A new secret of the same client changes nothing for them.
 */
export async function changeParent(
  ctx: ConnectionsContext,
  tx: Db,
  actor: Actor,
  { id, change }: { id: ConnectionId; change: ParentChange },
): Promise<void> {
  const parent = await loadParent(tx, workspaceOf(actor), id)
  const settings = change.settings && parseSettings(knownConnector(ctx, parent.connector), change.settings)
  const moved = differs(settings, parent.settings) || differs(change.clientId, parent.clientId)
  if (change.clientId !== undefined && change.clientId !== parent.clientId && change.clientSecret === undefined)
    throw new UserError('client_secret_missing', 'Give the secret of the new OAuth client as well.', { status: 422 })
  if (moved) await keepFormerClient(ctx, tx, parent)
  await tx
    .updateTable('connections')
    .set({
      ...(change.name !== undefined && { name: change.name }),
      ...(settings && { settings: JSON.stringify(settings) }),
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

function knownConnector(ctx: ConnectionsContext, name: string): Connector {
  if (!ctx.connectors.has(name))
    throw new UserError('connector_unknown', `There is no connector called “${name}”.`, { status: 422 })
  return connectorOf(ctx, name)
}

function parseSettings(connector: Connector, settings: unknown): Record<string, unknown> {
  const parsed = connector.settings.safeParse(settings)
  if (parsed.success) return parsed.data as Record<string, unknown>
  throw new UserError('settings_invalid', `The settings do not fit: ${firstProblem(parsed.error)}`, {
    status: 422,
    details: { problems: parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })) },
  })
}

function firstProblem(error: z.ZodError): string {
  const issue = error.issues[0]
  return issue ? `${issue.path.join('.') || 'settings'}: ${issue.message}` : 'unknown problem'
}

const differs = (wanted: unknown, present: unknown): boolean =>
  wanted !== undefined && canonical(wanted) !== canonical(present)

/** JSON with its keys in order, since the database gives them in an order of its own. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, each) =>
    each && typeof each === 'object' && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  )

async function clientColumns(ctx: ConnectionsContext, parent: Parent, change: ParentChange) {
  if (change.clientId === undefined && change.clientSecret === undefined) return {}
  const present = await openClient(ctx, parent)
  const clientId = change.clientId ?? present.clientId
  const clientSecret = change.clientSecret === undefined ? present.clientSecret : new Secret(change.clientSecret)
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

import { type Confirmed, confirmAnswer } from '#asking/confirm-answer.ts'
import { openConnectRequests } from '#asking/connect-request.ts'
import { type ExternalReturn, findLastReturn, openLinkedVisit } from '#asking/connect-visit.ts'
import { externalLink } from '#asking/external-browser.ts'
import { ensureChild } from '#connections/authorize.ts'
import { loadConnection } from '#connections/cut-off.ts'
import { type ListedConnection, listConnections } from '#connections/list-connections.ts'
import { authenticationOf, connectorOf, loadParent, type Parent } from '#connections/parent.ts'
import { readStanding } from '#connections/standing.ts'
import { UserError } from '#core/errors.ts'
import type { ConnectionId, ProjectId } from '#core/ids.ts'
import { type Actor, type PersonActor, workspaceOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import { findExternalPerson } from '#people/external-persons.ts'
import { checkName } from '#people/names.ts'
import { checkRegistered, loadNamespace } from '#people/namespaces.ts'
import type { CommandsContext } from '../context.ts'
import { actAs, actAsKnown, actAsOwnerOf, requireActive, requireNamespaceKey } from './act-as.ts'

/** Where a product asks to have a browser, and word of the outcome, sent. */
export interface ReturnWanted {
  redirectUrl?: string | undefined
  callbackUrl?: string | undefined
}

/**
 * Where they are sent: what is asked for, else the namespace's default. Both only to registered origins (`url_not_registered`); refuses
 * `redirect_url_missing` where there is neither.
 */
export async function readReturn(
  ctx: CommandsContext,
  actor: Actor,
  { redirectUrl, callbackUrl }: ReturnWanted,
): Promise<ExternalReturn> {
  const { workspaceId, namespaceId } = requireNamespaceKey(actor)
  const namespace = await loadNamespace(ctx.db, workspaceId, namespaceId)
  const chosen = redirectUrl ?? namespace.redirectUrl
  if (chosen === null)
    throw new UserError(
      'redirect_url_missing',
      'Say where the browser is to be sent: give redirect_url, or set a default for the namespace.',
      { status: 422 },
    )
  return {
    namespaceId,
    redirectUrl: checkRegistered(namespace, chosen),
    callbackUrl: callbackUrl === undefined ? null : checkRegistered(namespace, callbackUrl),
  }
}

export interface OfferWanted extends ReturnWanted {
  parentId: ConnectionId
  externalId: string
  folderId?: ProjectId | undefined
  name?: string | undefined
}

/**
 * Makes a person of a product their own connection under a parent, `pending` until they have connected, and a link for their browser. The
 * same connection as long as it lives; a link that is open still does nothing any more. Needs a key of a namespace. Refuses
 * `connection_not_found`, `folder_mismatch`, `personal_not_possible`, and what `actAs` and `readReturn` refuse.
 */
export async function offerConnection(
  ctx: CommandsContext,
  actor: Actor,
  wanted: OfferWanted,
): Promise<{ id: ConnectionId; url: string }> {
  const back = await readReturn(ctx, actor, wanted)
  const parent = await loadParent(ctx.db, workspaceOf(actor), wanted.parentId)
  requireOffered(ctx, parent, wanted.folderId)
  const person = await actAs(ctx, actor, wanted.externalId)
  return openLink(ctx, person, { parent, back, name: wanted.name })
}

/** A fresh link for a connection of a person of the product, which sends the browser where the one before did. */
export async function offerAgain(ctx: CommandsContext, actor: Actor, id: ConnectionId): Promise<string> {
  requireNamespaceKey(actor)
  const owner = await requireOwner(ctx, actor, id)
  const { parent } = await loadConnection(ctx.db, workspaceOf(actor), id)
  if (parent.deleted) throw connectionNotFound()
  requireActive(owner.person)
  const last = await findLastReturn(ctx.db, { personId: owner.person.id, parentId: parent.id })
  const back = await readReturn(ctx, actor, {
    redirectUrl: last?.redirectUrl,
    callbackUrl: last?.callbackUrl ?? undefined,
  })
  return (await openLink(ctx, owner, { parent, back })).url
}

function requireOffered(ctx: CommandsContext, parent: Parent, folderId: ProjectId | undefined): void {
  if (folderId !== undefined && folderId !== parent.projectId)
    throw new UserError('folder_mismatch', 'folder_id must be the project of the parent connection, or be left out.', {
      status: 422,
    })
  const isOpen = authenticationOf(ctx, parent).kind === 'oauth2' || parent.personalForm
  if (connectorOf(ctx, parent.connector).personal && isOpen) return
  throw new UserError(
    'personal_not_possible',
    'People cannot connect their own account here. Choose another parent connection; or, where a credential connects it, allow people to type in their own there.',
    { status: 422 },
  )
}

async function openLink(
  ctx: CommandsContext,
  actor: PersonActor,
  { parent, back, name }: { parent: Parent; back: ExternalReturn; name?: string | undefined },
): Promise<{ id: ConnectionId; url: string }> {
  const { person } = actor
  const whose = { parentId: parent.id, personId: person.id, recipe: null }
  const standing = await readStanding(ctx, whose, null)
  const interruption = standing.kind === 'interrupted' ? standing.interruption : null
  const reason = interruption?.kind === 'connect' ? interruption.reason : 'never_connected'
  const now = ctx.clock()
  const expiresAt = new Date(now.getTime() + ctx.askForMs)
  return ctx.db.transaction().execute(async (tx) => {
    const { id } = await ensureChild(ctx, tx, {
      parent,
      person,
      surface: 'api',
      ...(name !== undefined && { name: checkName(name) }),
    })
    await openConnectRequests(tx, { person, missing: [{ parentId: parent.id, reason }], expiresAt, now })
    const visit = await openLinkedVisit(tx, {
      workspaceId: parent.workspaceId,
      personId: person.id,
      jobId: null,
      parentId: parent.id,
      surface: 'api',
      returnTo: null,
      external: back,
      expiresAt,
      now,
    })
    await recordAudit(tx, actor, { action: 'connect.link_made', targetId: id, details: { parent_id: parent.id } })
    return { id, url: externalLink(ctx, visit.token) }
  })
}

export interface CompletionWanted {
  id: ConnectionId
  completion: string
  externalId: string
}

/** What a browser answered is done, now that the product says whose it was: see `confirmAnswer`. Needs a key of a namespace. */
export async function completeConnection(
  ctx: CommandsContext,
  actor: Actor,
  { id, completion, externalId }: CompletionWanted,
): Promise<Confirmed> {
  const key = requireNamespaceKey(actor)
  const { workspaceId, namespaceId } = key
  const person = await findExternalPerson(ctx.db, { workspaceId, namespaceId, externalId })
  return confirmAnswer(ctx, { key, connectionId: id, completion, person, externalId })
}

/** The own connections of one person of a product. Needs a key of its namespace; of somebody it never spoke of there are none. */
export async function listConnectionsOf(
  ctx: CommandsContext,
  actor: Actor,
  query: {
    externalId: string
    connector?: string | undefined
    parentId?: ConnectionId | undefined
    projectId?: ProjectId | undefined
    before?: string | undefined
    limit: number
  },
): Promise<ListedConnection[]> {
  const { externalId, ...filter } = query
  const owner = await actAsKnown(ctx, actor, externalId)
  if (!owner) return []
  const { workspaceId, id: personId } = owner.person
  return listConnections(ctx.db, workspaceId, { ...filter, kind: 'children', personId })
}

async function requireOwner(ctx: CommandsContext, actor: Actor, id: ConnectionId): Promise<PersonActor> {
  const owner = await actAsOwnerOf(ctx, actor, id)
  if (owner.kind === 'person') return owner
  throw connectionNotFound()
}

function connectionNotFound(): UserError {
  return new UserError('connection_not_found', 'Your product has no such connection. It may have been deleted.', {
    status: 404,
  })
}

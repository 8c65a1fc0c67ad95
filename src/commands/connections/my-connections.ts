import { isAskingPaused } from '#asking/burn-links.ts'
import { openConnectRequests } from '#asking/connect-request.ts'
import { openLinkedVisit, openOwnVisit, type VisitWanted } from '#asking/connect-visit.ts'
import { applicationName } from '#connections/describe-application.ts'
import { type ListedConnection, listConnections } from '#connections/list-connections.ts'
import { connectorOf, loadParent } from '#connections/parent.ts'
import { readStanding } from '#connections/standing.ts'
import { UserError } from '#core/errors.ts'
import type { ConnectionId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import type { Actor } from '#people/actor.ts'
import { connectionsNeeded } from '#recipes/connections-needed.ts'
import { loadProgram } from '#recipes/program.ts'
import { listRunnableRecipes } from '#recipes/runnable-recipes.ts'
import type { CommandsContext } from '../context.ts'
import { requirePerson } from '../identify.ts'

/** An application a person has connected, or is asked for by a recipe they may run. */
export interface MyConnection {
  parentId: ConnectionId
  parentName: string
  connector: string
  connectorLabel: string
  icon: string
  environment: 'DEV' | 'TEST' | 'PROD'
  /** Null: never connected. */
  connection: ListedConnection | null
  recipes: { id: string; name: string }[]
}

/** A person's own connections, with those their recipes will ask for. Needs no privilege: what is theirs they always see. */
export async function listMyConnections(ctx: CommandsContext, actor: Actor): Promise<MyConnection[]> {
  const { person } = requirePerson(actor)
  const own = await listConnections(ctx.db, person.workspaceId, { kind: 'children', personId: person.id, limit: 500 })
  const wanted = await recipesByParent(ctx, actor)
  const parentIds = [...new Set([...own.map(({ parent_id }) => parent_id as ConnectionId), ...wanted.keys()])]
  const parents = await listParents(ctx, parentIds)
  return parents
    .map((parent) => ({
      parentId: parent.id,
      parentName: parent.name,
      connector: parent.connector,
      connectorLabel: applicationName(connectorOf(ctx, parent.connector), parent.name),
      icon: connectorOf(ctx, parent.connector).icon,
      environment: parent.environment,
      connection: own.find(({ parent_id }) => parent_id === parent.id) ?? null,
      recipes: wanted.get(parent.id) ?? [],
    }))
    .sort((a, b) => (a.connectorLabel + a.parentName).localeCompare(b.connectorLabel + b.parentName))
}

async function recipesByParent(ctx: CommandsContext, actor: Actor) {
  const { person } = requirePerson(actor)
  const recipes = await listRunnableRecipes(ctx.db, { workspaceId: person.workspaceId, personId: person.id })
  const wanted = new Map<ConnectionId, { id: string; name: string }[]>()
  for (const recipe of recipes) {
    const { id, name } = recipe
    for (const parentId of connectionsNeeded(await loadProgram(ctx.db, recipe), { reached: true }))
      wanted.set(parentId, [...(wanted.get(parentId) ?? []), { id, name }])
  }
  return wanted
}

/** Deleted ones too: an orphaned connection is still shown under the name its parent had. */
async function listParents(ctx: CommandsContext, ids: ConnectionId[]) {
  if (ids.length === 0) return []
  return ctx.db
    .selectFrom('connections')
    .select(['id', 'name', 'connector', 'environment'])
    .where('id', 'in', ids)
    .where('parent_id', 'is', null)
    .execute()
}

const VISIT_LIFE_MS = 60 * 60 * 1000

/** Begins connecting, or reconnecting, one's own account ahead of any run: the connect page, which this person's session opens. */
export async function connectMine(ctx: CommandsContext, actor: Actor, parentId: ConnectionId): Promise<string> {
  const wanted = { surface: 'web', returnTo: '/my/connections' }
  const id = await openVisit(ctx, actor, { ...wanted, parentId }, openOwnVisit)
  return new URL(`/connect/v/${id}`, ctx.publicUrl).href
}

/**
 * The same for somebody who asked for it in a chat: a link to be shown to them alone, and whoever opens it must still prove to be them.
 * Refuses `asking_paused` (409) while they are sent no links.
 */
export async function linkToConnectMine(
  ctx: CommandsContext,
  actor: Actor,
  wanted: { parentId: ConnectionId; surface: string; returnTo: string | null },
): Promise<string> {
  if (await isAskingPaused(ctx.db, requirePerson(actor).person.id, ctx.clock()))
    throw new UserError('asking_paused', 'You are sent no links for now: three were given up in a day.', {
      status: 409,
    })
  const { token } = await openVisit(ctx, actor, wanted, openLinkedVisit)
  return new URL(`/connect/l/${token}`, ctx.publicUrl).href
}

async function openVisit<T>(
  ctx: CommandsContext,
  actor: Actor,
  wanted: { parentId: ConnectionId; surface: string; returnTo: string | null },
  open: (tx: Db, visit: VisitWanted) => Promise<T>,
): Promise<T> {
  const { parentId } = wanted
  const { person } = requirePerson(actor)
  const { workspaceId } = await loadParent(ctx.db, person.workspaceId, parentId)
  if (!(await isMineToConnect(ctx, actor, parentId)))
    throw new UserError('connection_not_needed', 'No recipe you may run uses your own account here.', { status: 403 })
  const standing = await readStanding(ctx, { parentId, personId: person.id, recipe: null }, null)
  const reason =
    standing.kind === 'interrupted' && standing.interruption.kind === 'connect'
      ? standing.interruption.reason
      : 'never_connected'
  const now = ctx.clock()
  const expiresAt = new Date(now.getTime() + VISIT_LIFE_MS)
  return ctx.db.transaction().execute(async (tx) => {
    await openConnectRequests(tx, { person, missing: [{ parentId, reason }], expiresAt, now })
    return open(tx, { ...wanted, workspaceId, personId: person.id, jobId: null, expiresAt, now })
  })
}

async function isMineToConnect(ctx: CommandsContext, actor: Actor, parentId: ConnectionId): Promise<boolean> {
  const mine = await listMyConnections(ctx, actor)
  return mine.some((each) => each.parentId === parentId)
}

import { sql } from 'kysely'
import { closeConnectRequests } from '#asking/connect-request.ts'
import { type ConnectionIdentity, deleteChild, deleteParent, disconnect, loadConnection } from '#connections/cut-off.ts'
import { attemptRevocations } from '#connections/revocations.ts'
import type { ConnectionId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { endDelegatedJobs } from '#jobs/continue-delegated.ts'
import { failJobsWaitingFor } from '#jobs/continue-jobs.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import { recipesUsing } from '#recipes/recipes-using.ts'
import { stopRecipesUsing } from '#recipes/stop-recipe.ts'
import type { CommandsContext } from '../context.ts'

/** What is done to a connection. */
export type CutOffKind = 'disconnect' | 'delete'

/**
 * Disconnects a connection: its grant ends here at once, and is revoked at the application. One's own always; a parent with Edit
 * connections; another person's with Edit runtime user connections.
 */
export async function disconnectConnection(ctx: CommandsContext, actor: Actor, id: ConnectionId): Promise<void> {
  const connection = await loadConnection(ctx.db, workspaceOf(actor), id)
  requireCutOff(actor, connection, 'disconnect')
  const { revocationId } = await ctx.db.transaction().execute((tx) => disconnect(ctx, tx, actor, connection))
  if (revocationId) await attemptRevocations(ctx, revocationId)
}

/**
 * Deletes a connection. A child: its person must authorize again before anything more is done for them. A parent: the recipes that use
 * it stop, with that reason; its children stay, orphaned. One's own always; any other with Delete connections.
 */
export async function deleteConnection(ctx: CommandsContext, actor: Actor, id: ConnectionId): Promise<void> {
  const connection = await loadConnection(ctx.db, workspaceOf(actor), id)
  requireCutOff(actor, connection, 'delete')
  const { revocationId } = await ctx.db
    .transaction()
    .execute((tx) =>
      connection.personId === null ? removeParent(ctx, tx, actor, connection) : removeChild(ctx, tx, actor, connection),
    )
  if (revocationId) await attemptRevocations(ctx, revocationId)
}

async function removeParent(ctx: CommandsContext, tx: Db, actor: Actor, connection: ConnectionIdentity) {
  const cutOff = await deleteParent(ctx, tx, actor, connection)
  const reason = `Its connection “${connection.parent.name}” was deleted.`
  const stopped = await stopRecipesUsing(tx, { connectionId: connection.id, reason })
  for (const { id } of stopped)
    await recordAudit(tx, actor, { action: 'recipe.stopped', targetId: id, details: { reason } })
  await failJobsWaitingFor(ctx, tx, connection.id)
  await closeConnectRequests(tx, { parentId: connection.id, status: 'cancelled', now: ctx.clock() })
  return cutOff
}

/** Reconnecting makes another one: a recipe that names this one has to name that. */
async function removeChild(ctx: CommandsContext, tx: Db, actor: Actor, connection: ConnectionIdentity) {
  const cutOff = await deleteChild(ctx, tx, actor, connection)
  const message = 'The connection named for the function was deleted. Ask the recipe’s builder to name another.'
  const end = { status: 'failed', code: 'override_missing', message } as const
  await endDelegatedJobs(ctx, tx, { connectionId: connection.id, end })
  return cutOff
}

function requireCutOff(actor: Actor, { personId }: ConnectionIdentity, kind: CutOffKind): void {
  if (personId !== null && actor.kind === 'person' && actor.person.id === personId) return
  const toDisconnect = personId === null ? 'connections.edit' : 'runtime_user_connections.edit'
  requirePrivilege(actor, kind === 'delete' ? 'connections.delete' : toDisconnect)
}

/** What would follow, said before it is done. */
export interface Consequences {
  sentences: string[]
  recipes: { id: string; name: string }[]
  jobsWaiting: number
  jobsRunning: number
  children: number
}

/** Works out what disconnecting or deleting a connection would do; whoever may do it may ask. */
export async function foreseeCutOff(
  ctx: CommandsContext,
  actor: Actor,
  { id, kind }: { id: ConnectionId; kind: CutOffKind },
): Promise<Consequences> {
  const connection = await loadConnection(ctx.db, workspaceOf(actor), id)
  requireCutOff(actor, connection, kind)
  const recipes = (await recipesUsing(ctx.db, connection.parent.id)).filter(
    ({ personal }) => connection.personId === null || personal,
  )
  const counts = await countAffected(ctx, connection)
  return {
    sentences: connection.personId === null ? ofParent(kind, recipes, counts) : ofChild(kind, connection, counts),
    recipes: recipes.map(({ id: recipeId, name }) => ({ id: recipeId, name })),
    ...counts,
  }
}

type Counts = Pick<Consequences, 'jobsWaiting' | 'jobsRunning' | 'children'>

async function countAffected(ctx: CommandsContext, { id, personId, parent }: ConnectionIdentity): Promise<Counts> {
  const { rows } = await sql<Counts>`select
    (select count(*)::int from waits w join jobs j on j.id = w.job_id
      where w.kind = 'connection' and w.key = ${parent.id} and j.person_id = coalesce(${personId}, j.person_id)) as "jobsWaiting",
    (select count(*)::int from jobs j join recipe_connections rc on rc.recipe_id = j.recipe_id
      where rc.connection_id = ${parent.id} and j.status in ('queued', 'running')
        and (${personId}::text is null or j.person_id = ${personId})) as "jobsRunning",
    (select count(*)::int from connections where parent_id = ${id} and deleted_at is null) as "children"`.execute(
    ctx.db,
  )
  return rows[0] ?? { jobsWaiting: 0, jobsRunning: 0, children: 0 }
}

function ofParent(kind: CutOffKind, recipes: { status: string; name: string }[], counts: Counts): string[] {
  const started = recipes.filter(({ status }) => status === 'started').map(({ name }) => `“${name}”`)
  const list = new Intl.ListFormat('en').format(started)
  if (kind === 'disconnect')
    return [
      'Its own account is disconnected, and revoked at the application.',
      'Recipes whose switch is off fail until it is connected again.',
    ]
  return [
    'Its own account is disconnected, and revoked at the application.',
    started.length > 0 ? `${list} will stop.` : 'No started recipe uses it.',
    ...(counts.children > 0
      ? [`${people(counts.children)} connected under it: these connections stay, unusable, until each is deleted.`]
      : []),
    ...(counts.jobsWaiting > 0
      ? [`${counts.jobsWaiting} waiting ${counts.jobsWaiting === 1 ? 'job ends' : 'jobs end'}.`]
      : []),
    'This cannot be undone.',
  ]
}

function ofChild(kind: CutOffKind, { parent }: ConnectionIdentity, counts: Counts): string[] {
  return [
    `Nothing more is done with this account. The access is revoked at the application.`,
    ...(counts.jobsRunning > 0
      ? [
          `${counts.jobsRunning} running ${counts.jobsRunning === 1 ? 'job stops' : 'jobs stop'} before the next request, and ask again.`,
        ]
      : []),
    kind === 'disconnect'
      ? `The next recipe that needs “${parent.name}” asks the person to connect again.`
      : `The connection and its account are forgotten. The next recipe that needs “${parent.name}” asks the person to connect anew.`,
  ]
}

const people = (count: number): string => (count === 1 ? '1 person is' : `${count} people are`)

import { sql } from 'kysely'
import type { ConnectReason } from '#connections/connect-reason.ts'
import { type Application, describeApplication } from '#connections/describe-application.ts'
import { findParent, type Parent } from '#connections/parent.ts'
import { type RecipeUse, readStanding } from '#connections/standing.ts'
import type { ConnectionId, RecipeId } from '#core/ids.ts'
import { connectionsUsed } from '#recipes/connections-used.ts'
import { footprintOf } from '#recipes/footprint.ts'
import { RecipeDocument } from '#recipes/recipe.ts'
import type { ConnectVisit } from './connect-visit.ts'
import type { AskingContext } from './context.ts'

/** One application on the connect page. */
export interface ConnectPageApplication extends Application {
  parent: Parent
  /** Null when it is connected. */
  reason: ConnectReason | null
  /** The person's own connection, when there is one, and whose account it stands for. */
  connectionId: ConnectionId | null
  accountLabel: string | null
}

/** Everything the connect page shows. */
export interface ConnectPageFacts {
  workspaceName: string
  recipeId: RecipeId | null
  recipeName: string | null
  /** Other recipes of this person that wait for one of these applications. */
  alsoWaiting: string[]
  jobStatus: string | null
  applications: ConnectPageApplication[]
}

/** Reads what a visit is about, as it stands now. A parent that was deleted meanwhile is left out. */
export async function readConnectPageFacts(ctx: AskingContext, visit: ConnectVisit): Promise<ConnectPageFacts> {
  const workspace = await ctx.db
    .selectFrom('workspaces')
    .select('name')
    .where('id', '=', visit.workspaceId)
    .executeTakeFirstOrThrow()
  const job = await findJob(ctx, visit)
  const wanted = job ? wantedBy(job.document) : new Map(visit.parentId ? [[visit.parentId, []]] : [])
  const applications: ConnectPageApplication[] = []
  const use = job ? { recipeId: job.recipe_id, footprint: footprintOf(job.document, ctx.connectors) } : null
  for (const [parentId, actions] of wanted) {
    const application = await readApplication(ctx, visit, { parentId, actions, use })
    if (application) applications.push(application)
  }
  return {
    workspaceName: workspace.name,
    recipeId: job?.recipe_id ?? null,
    recipeName: job?.name ?? null,
    alsoWaiting: await alsoWaiting(ctx, visit, [...wanted.keys()], job?.recipe_id ?? null),
    jobStatus: job?.status ?? null,
    applications,
  }
}

async function findJob(ctx: AskingContext, visit: ConnectVisit) {
  if (visit.jobId === null) return undefined
  const row = await ctx.db
    .selectFrom('jobs')
    .innerJoin('recipes', 'recipes.id', 'jobs.recipe_id')
    .innerJoin('recipe_versions', (join) =>
      join
        .onRef('recipe_versions.recipe_id', '=', 'jobs.recipe_id')
        .onRef('recipe_versions.version', '=', 'jobs.recipe_version'),
    )
    .select(['jobs.status', 'jobs.recipe_id', 'recipes.name', 'recipe_versions.document'])
    .where('jobs.id', '=', visit.jobId)
    .executeTakeFirst()
  return row && { ...row, document: RecipeDocument.parse(row.document) }
}

/** The parents whose switch is on, with the actions the recipe will do there. */
function wantedBy(document: RecipeDocument): Map<ConnectionId, string[]> {
  const wanted = new Map<ConnectionId, string[]>()
  for (const { connectionId, personal, actions } of connectionsUsed(document))
    if (personal && connectionId)
      wanted.set(
        connectionId,
        actions.map(({ action }) => action),
      )
  return wanted
}

async function readApplication(
  ctx: AskingContext,
  visit: ConnectVisit,
  { parentId, actions, use }: { parentId: ConnectionId; actions: string[]; use: RecipeUse | null },
): Promise<ConnectPageApplication | undefined> {
  const parent = await findParent(ctx.db, parentId)
  if (!parent || parent.deleted) return undefined
  const standing = await readStanding(ctx, { parentId, personId: visit.personId, recipe: use }, null)
  const interruption = standing.kind === 'interrupted' ? standing.interruption : null
  return {
    ...describeApplication(ctx, parent, actions),
    parent,
    reason: interruption?.kind === 'connect' ? interruption.reason : null,
    connectionId: standing.connectionId,
    accountLabel: standing.accountLabel,
  }
}

async function alsoWaiting(
  ctx: AskingContext,
  visit: ConnectVisit,
  parentIds: ConnectionId[],
  recipeId: RecipeId | null,
): Promise<string[]> {
  if (parentIds.length === 0) return []
  const rows = await ctx.db
    .selectFrom('waits')
    .innerJoin('jobs', 'jobs.id', 'waits.job_id')
    .innerJoin('recipes', 'recipes.id', 'jobs.recipe_id')
    .select('recipes.name')
    .distinct()
    .where('jobs.person_id', '=', visit.personId)
    .where('waits.kind', '=', 'connection')
    .where('waits.key', 'in', parentIds)
    .where(recipeId === null ? sql<boolean>`true` : sql<boolean>`recipes.id <> ${recipeId}`)
    .limit(20)
    .execute()
  return rows.map(({ name }) => name)
}

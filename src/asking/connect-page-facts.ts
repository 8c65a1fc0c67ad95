import type { ConnectReason } from '#connections/connect-reason.ts'
import { type Application, describeApplication } from '#connections/describe-application.ts'
import { findParent, type Parent } from '#connections/parent.ts'
import { type RecipeUse, readStanding } from '#connections/standing.ts'
import type { ConnectionId, RecipeId } from '#core/ids.ts'
import { settingsFromRow } from '#people/workspace-settings.ts'
import { connectionsNeeded } from '#recipes/connections-needed.ts'
import { footprintOf } from '#recipes/footprint.ts'
import { loadProgram } from '#recipes/program.ts'
import { documentOfRow } from '#recipes/stored-recipe.ts'
import type { ConnectVisit } from './connect-visit.ts'
import { readAllowed } from './consents.ts'
import type { AskingContext } from './context.ts'
import { describeFootprint } from './describe-footprint.ts'
import { reasonOfAny } from './reason-to-ask.ts'
import { findWaitingRecipes, tickOf, type WaitingRecipe } from './waiting-recipes.ts'

/** A recipe that the person lets use their account, or does not. */
export interface ConnectPageRecipe extends RecipeUse {
  name: string
  /** What its box sends. */
  tick: string
  /** What it will do with the account, in plain words. */
  will: string[]
  /** What it does beyond what the person allowed it before; empty where they did not. */
  nowAlso: string[]
}

/** One application on the connect page. */
export interface ConnectPageApplication extends Application {
  parent: Parent
  /** Null when it is connected. */
  reason: ConnectReason | null
  /** The person's own connection, when there is one, and whose account it stands for. */
  connectionId: ConnectionId | null
  accountLabel: string | null
  /** What was not given yet of what is asked for, where the account is connected. */
  newScopes: Application['scopes']
  /** The recipes that wait for it, the visit's own first. */
  recipes: ConnectPageRecipe[]
}

/** Everything the connect page shows. */
export interface ConnectPageFacts {
  workspaceName: string
  recipeId: RecipeId | null
  recipeName: string | null
  jobStatus: string | null
  /** Whether the person says for each recipe whether it may: not where the workspace does without. */
  consentPerRecipe: boolean
  applications: ConnectPageApplication[]
}

/** Reads what a visit is about, as it stands now. A parent that was deleted meanwhile is left out. */
export async function readConnectPageFacts(ctx: AskingContext, visit: ConnectVisit): Promise<ConnectPageFacts> {
  const workspace = await ctx.db
    .selectFrom('workspaces')
    .select(['name', 'settings'])
    .where('id', '=', visit.workspaceId)
    .executeTakeFirstOrThrow()
  const job = await findJob(ctx, visit)
  const wanted = job ? await neededBy(ctx, job) : new Map(visit.parentId ? [[visit.parentId, true]] : [])
  const applications: ConnectPageApplication[] = []
  for (const [parentId, isAsked] of wanted) {
    const application = await readApplication(ctx, visit, parentId, job)
    if (application && (isAsked || application.reason === null)) applications.push(application)
  }
  return {
    workspaceName: workspace.name,
    recipeId: job?.recipeId ?? null,
    recipeName: job?.name ?? null,
    jobStatus: job?.status ?? null,
    consentPerRecipe: !settingsFromRow(workspace.settings).skip_consent_per_recipe,
    applications,
  }
}

type VisitsJob = NonNullable<Awaited<ReturnType<typeof findJob>>>

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
    .select(['jobs.status', 'recipe_versions.document', 'recipes.name'])
    .select(['jobs.id as jobId', 'jobs.recipe_id as recipeId', 'jobs.recipe_version as version', 'jobs.functions'])
    .where('jobs.id', '=', visit.jobId)
    .executeTakeFirst()
  if (!row) return undefined
  const main = { id: row.recipeId, name: row.name, version: row.version, document: documentOfRow(row) }
  return { ...row, program: await loadProgram(ctx.db, main, row.functions ?? {}) }
}

/** What a job may come to need, and whether it is asked for by now: from the beginning on, or because the job waits for it. */
async function neededBy(ctx: AskingContext, { jobId, program }: VisitsJob): Promise<Map<ConnectionId, boolean>> {
  const waits = await ctx.db
    .selectFrom('waits')
    .select('key')
    .where('job_id', '=', jobId)
    .where('kind', '=', 'connection')
    .execute()
  const asked = new Set<string>([...connectionsNeeded(program), ...waits.map(({ key }) => key)])
  return new Map(connectionsNeeded(program, { reached: true }).map((id) => [id, asked.has(id)]))
}

async function readApplication(
  ctx: AskingContext,
  { personId }: ConnectVisit,
  parentId: ConnectionId,
  job: VisitsJob | undefined,
): Promise<ConnectPageApplication | undefined> {
  const parent = await findParent(ctx.db, parentId)
  if (!parent || parent.deleted) return undefined
  const use = job ? { recipeId: job.recipeId, footprint: footprintOf(job.program, ctx.connectors) } : null
  const standing = await readStanding(ctx, { parentId, personId, recipe: use }, null)
  const { connectionId, accountLabel } = standing
  const waiting = await findWaitingRecipes(ctx, { personId, parentId, own: job ?? null })
  const recipes = await withWords(ctx, { parentId, connectionId, waiting })
  const reason = standing.kind === 'interrupted' ? reasonOf(standing.interruption) : null
  const application = describeApplication(ctx, parent)
  return {
    ...application,
    parent,
    // A visit made ahead of any job asks for the leave of whatever waits.
    reason: reason ?? (job ? null : await reasonOfAny(ctx, { personId, parentId }, waiting)),
    connectionId,
    accountLabel,
    newScopes: standing.kind === 'interrupted' ? newScopes(application.scopes, standing.missingScopes) : [],
    recipes,
  }
}

const reasonOf = (interruption: { kind: string; reason?: ConnectReason }): ConnectReason | null =>
  interruption.reason ?? null

const newScopes = (scopes: Application['scopes'], missing: string[]) =>
  scopes.filter(({ name }) => missing.includes(name))

interface Waiting {
  parentId: ConnectionId
  connectionId: ConnectionId | null
  waiting: WaitingRecipe[]
}

async function withWords(
  ctx: AskingContext,
  { parentId, connectionId, waiting }: Waiting,
): Promise<ConnectPageRecipe[]> {
  const allowed = await readAllowed(ctx.db, connectionId)
  return waiting.map((recipe) => {
    const before = allowed.get(recipe.recipeId)
    const grown = before ? recipe.footprint.filter((entry) => !before.includes(entry)) : []
    return {
      ...recipe,
      tick: tickOf(recipe),
      will: describeFootprint(ctx, recipe.footprint, parentId),
      nowAlso: describeFootprint(ctx, grown, parentId),
    }
  })
}

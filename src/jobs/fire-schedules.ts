import { sql } from 'kysely'
import { Bug, UserError } from '#core/errors.ts'
import { newId, type RecipeId, type WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { recordAudit } from '#people/audit.ts'
import { type CronTimes, duesBetween, nextDue } from '#recipes/cron.ts'
import { loadRecipe } from '#recipes/load-recipe.ts'
import { loadProgram, type Program } from '#recipes/program.ts'
import type { JobsContext } from './context.ts'
import { invoke } from './invoke.ts'

const BATCH = 200
/** Transactions at once. */
const AT_ONCE = 4
/** Schedules fired in one transaction. */
const TOGETHER = 25
/** Later than this, a run counts as missed. */
const MISSED_AFTER_MS = 60_000
const MOST_CAUGHT_UP = 100

/**
 * Starts a job for every due time of a schedule that has come, each once on any number of machines: the job and the schedule's next time
 * are written together, with the schedule's row held. What was missed goes by its rule. Called every second, by every process.
 */
export async function fireSchedules(ctx: JobsContext): Promise<void> {
  const tried = new Set<RecipeId>()
  for (;;) {
    const due = await findDue(ctx, [...tried])
    if (due.length === 0) return
    for (const id of due) tried.add(id)
    await Promise.all(Array.from({ length: AT_ONCE }, () => fireAll(ctx, due)))
  }
}

/** The longest due; those tried already are left out, or many that fail would hide the others. */
async function findDue({ db, clock }: JobsContext, tried: RecipeId[]): Promise<RecipeId[]> {
  const rows = await db
    .selectFrom('schedules')
    .select('recipe_id')
    .where('next_at', '<=', clock())
    .where(sql<boolean>`recipe_id <> all(${tried})`)
    .orderBy('next_at')
    .limit(BATCH)
    .execute()
  return rows.map(({ recipe_id }) => recipe_id)
}

/** Fires some after the others, as long as there are any. */
async function fireAll(ctx: JobsContext, due: RecipeId[]): Promise<void> {
  for (let ids = due.splice(0, TOGETHER); ids.length > 0; ids = due.splice(0, TOGETHER)) await fireTogether(ctx, ids)
}

/** Where one fails, each is fired by itself: it leaves the others alone, and is tried again. */
async function fireTogether(ctx: JobsContext, recipes: RecipeId[]): Promise<void> {
  try {
    await ctx.db.transaction().execute((tx) => fire({ ...ctx, db: tx }, recipes))
  } catch (err) {
    if (recipes.length > 1) for (const recipe of recipes) await fireTogether(ctx, [recipe])
    else ctx.log.error({ err, recipe: recipes[0] }, 'a schedule could not be fired; it is tried again')
  }
}

async function fire(ctx: JobsContext, recipeIds: RecipeId[]): Promise<void> {
  const now = ctx.clock()
  const next: { recipe_id: RecipeId; next_at: Date }[] = []
  for (const schedule of await claim(ctx.db, recipeIds, now)) {
    const { recipe_id, workspace_id: workspaceId } = schedule
    const recipe = await loadRecipe(ctx.db, { workspaceId, recipeId: recipe_id })
    const program = await loadProgram(ctx.db, recipe)
    for (const due of duesOf(schedule, now)) await startJob(ctx, program, { ...schedule, due })
    const next_at = nextDue(schedule, now)
    if (!next_at) throw new Bug(`the schedule of ${recipe_id} is never due again`)
    next.push({ recipe_id, next_at })
  }
  await moveOn(ctx.db, next)
}

async function moveOn(tx: Db, next: { recipe_id: RecipeId; next_at: Date }[]): Promise<void> {
  await sql`
    update schedules set next_at = next.next_at
    from unnest(${next.map(({ recipe_id }) => recipe_id)}::text[], ${next.map(({ next_at }) => next_at)}::timestamptz[]) as next (recipe_id, next_at)
    where schedules.recipe_id = next.recipe_id`.execute(tx)
}

/**
 * Those of the schedules that are still due, with their recipes' rows, held until the commit; left out is what another machine fires, and
 * a recipe that is being changed or stopped at this moment.
 */
function claim(tx: Db, recipeIds: RecipeId[], now: Date) {
  return (
    tx
      .selectFrom('schedules')
      .innerJoin('recipes', 'recipes.id', 'schedules.recipe_id')
      .selectAll('schedules')
      .where(sql<boolean>`schedules.recipe_id = any(${recipeIds})`)
      .where('schedules.next_at', '<=', now)
      // why: both, because who stops a recipe holds its row first, and a job's row needs it too.
      .forNoKeyUpdate()
      .skipLocked()
      .execute()
  )
}

type Schedule = CronTimes & { workspace_id: WorkspaceId; next_at: Date; catch_up: 'none' | 'latest' | 'all' }

/** The times to start a job for: those that have come, less what was missed and is not caught up on. */
function duesOf(schedule: Schedule, now: Date): Date[] {
  const most = schedule.catch_up === 'all' ? MOST_CAUGHT_UP : 1
  const dues = duesBetween(schedule, schedule.next_at, now, most)
  if (schedule.catch_up !== 'none') return dues
  return dues.filter((due) => now.getTime() - due.getTime() <= MISSED_AFTER_MS)
}

/** Due times that nobody delegated a connection for: one job of the schedule waits for that, or its person declined. */
const LEFT_OUT = ['delegation_awaited', 'delegation_declined']

/** One that is refused (a function it calls is stopped) is on record in the audit log, and not tried again. */
async function startJob(
  ctx: JobsContext,
  program: Program,
  { due, ...schedule }: Schedule & { due: Date },
): Promise<void> {
  const { workspace_id: workspaceId, time_zone } = schedule
  const { id: recipeId } = program.main
  const scheduled_for = due.toISOString()
  try {
    await invoke(ctx, {
      id: newId('job'),
      program,
      workspaceId,
      person: null,
      origin: { surface: 'schedule', address: {} },
      input: { scheduled_for, time_zone },
      delivery: { source: `schedule/${recipeId}`, key: scheduled_for, request: { scheduled_for } },
      watched: false,
    })
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    // why: they know who wait for it, and a schedule may come due every minute: the job that waits, and the recipe's page, say it.
    if (LEFT_OUT.includes(error.code)) return
    const details = { scheduled_for, code: error.code, message: error.message }
    await recordAudit(ctx.db, { workspaceId }, { action: 'recipe.due_run_refused', targetId: recipeId, details })
  }
}

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
/** Schedules fired at once: a transaction each. */
const AT_ONCE = 4
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

/** Fires one after the other, as long as there are any. One that fails leaves the others alone, and is tried again. */
async function fireAll(ctx: JobsContext, due: RecipeId[]): Promise<void> {
  for (let id = due.pop(); id !== undefined; id = due.pop()) {
    const recipe = id
    await ctx.db
      .transaction()
      .execute((tx) => fire({ ...ctx, db: tx }, recipe))
      .catch((err) => ctx.log.error({ err, recipe }, 'a schedule could not be fired; it is tried again'))
  }
}

async function fire(ctx: JobsContext, recipeId: RecipeId): Promise<void> {
  const now = ctx.clock()
  const schedule = await claim(ctx.db, recipeId, now)
  if (!schedule) return
  const recipe = await loadRecipe(ctx.db, { workspaceId: schedule.workspace_id, recipeId })
  const program = await loadProgram(ctx.db, recipe)
  for (const due of duesOf(schedule, now)) await startJob(ctx, program, { ...schedule, due })
  const next_at = nextDue(schedule, now)
  if (!next_at) throw new Bug(`the schedule of ${recipeId} is never due again`)
  await ctx.db.updateTable('schedules').set({ next_at }).where('recipe_id', '=', recipeId).execute()
}

/**
 * The schedule with its recipe's row, held until the commit; undefined when another machine fires it, or the recipe is being changed or
 * stopped at this moment.
 */
function claim(tx: Db, recipeId: RecipeId, now: Date) {
  return (
    tx
      .selectFrom('schedules')
      .innerJoin('recipes', 'recipes.id', 'schedules.recipe_id')
      .selectAll('schedules')
      .where('schedules.recipe_id', '=', recipeId)
      .where('schedules.next_at', '<=', now)
      // why: both, because who stops a recipe holds its row first, and a job's row needs it too.
      .forNoKeyUpdate()
      .skipLocked()
      .executeTakeFirst()
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

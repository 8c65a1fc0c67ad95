import { sql } from 'kysely'
import type { Missing } from '#asking/connect-request.ts'
import { AT_IT_FOR_MS } from '#asking/connect-visit.ts'
import { type RecipeUse, readStanding } from '#connections/standing.ts'
import type { ConnectionId, JobId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { PERSON_COLUMNS, type Person, personFromRow } from '#people/person.ts'
import { footprintOf } from '#recipes/footprint.ts'
import { loadRecipeVersion } from '#recipes/load-recipe.ts'
import { loadProgram } from '#recipes/program.ts'
import { askForConnections } from './ask-for-connections.ts'
import type { JobsContext } from './context.ts'
import { continueAtOnce } from './continue-jobs.ts'
import { jobPlace, openOptional } from './seal-job-data.ts'

/**
 * Asks the person of a waiting job once more, where the job came from and for them alone, with a fresh link; the one before does nothing any
 * more. The job does not wait longer for it. Does nothing for a job that does not wait, that came by a way without messages, or whose
 * person has just followed their link.
 */
export async function sendFreshMessage(ctx: JobsContext, jobId: JobId): Promise<void> {
  await ctx.db.transaction().execute(async (tx) => {
    const job = await lockWaiting(tx, jobId)
    if (!job || !ctx.surfaces.has(job.surface) || (await isAtIt(ctx, tx, jobId))) return
    const dataKey = await ctx.dataKeys.load(job.data_key_id)
    const waits = await tx.selectFrom('waits').selectAll().where('job_id', '=', jobId).execute()
    const { recipe_id: id, recipe_name: name, recipe_version: version } = job
    const main = { id, name, version, document: await loadRecipeVersion(tx, id, version) }
    const program = await loadProgram(tx, main, job.functions ?? {})
    const use = { recipeId: id, footprint: footprintOf(program, ctx.connectors) }
    const asked = await askForConnections(ctx, tx, {
      jobId,
      recipeName: job.recipe_name,
      use,
      person: personFromRow(job),
      origin: {
        surface: job.surface,
        address: openOptional(dataKey, jobPlace(jobId, 'address'), job.sealed_address) ?? {},
      },
      dataKey,
      traceparent: job.traceparent,
      missing: await reasonsOf(ctx, personFromRow(job), use, waits),
      step: waits[0]?.step ?? null,
      expiresAt: new Date(Math.max(...waits.map(({ expires_at }) => expires_at.getTime()))),
    })
    if (asked !== null) return
    await tx.deleteFrom('waits').where('job_id', '=', jobId).execute()
    await continueAtOnce(tx, jobId)
  })
}

function lockWaiting(tx: Db, jobId: JobId) {
  return tx
    .selectFrom('jobs')
    .innerJoin('recipes', 'recipes.id', 'jobs.recipe_id')
    .innerJoin('persons', 'persons.id', 'jobs.person_id')
    .select(PERSON_COLUMNS)
    .select([
      'jobs.surface',
      'jobs.sealed_address',
      'jobs.data_key_id',
      'jobs.recipe_id',
      'jobs.recipe_version',
      'jobs.functions',
      'jobs.traceparent',
    ])
    .select('recipes.name as recipe_name')
    .where('jobs.id', '=', jobId)
    .where('jobs.status', '=', 'waiting_for_connection')
    .where('persons.status', '=', 'active')
    .forUpdate('jobs')
    .executeTakeFirst()
}

/** why: whoever finds an old link must not be able to cut off its person, who is following the newest one. */
async function isAtIt(ctx: JobsContext, tx: Db, jobId: JobId): Promise<boolean> {
  const visit = await tx
    .selectFrom('connect_visits')
    .select('id')
    .where('job_id', '=', jobId)
    .where('status', '=', sql.lit('open' as const))
    .where('spent_at', '>', new Date(ctx.clock().getTime() - AT_IT_FOR_MS))
    .executeTakeFirst()
  return visit !== undefined
}

/** Why each is still waited for, as it stands now. */
async function reasonsOf(ctx: JobsContext, person: Person, recipe: RecipeUse, waits: { key: string }[]) {
  const missing: Missing[] = []
  for (const { key } of waits) {
    const parentId = key as ConnectionId
    const standing = await readStanding(ctx, { parentId, personId: person.id, recipe }, null)
    const interruption = standing.kind === 'interrupted' ? standing.interruption : null
    missing.push({ parentId, reason: interruption?.kind === 'connect' ? interruption.reason : 'consent_needed' })
  }
  return missing
}

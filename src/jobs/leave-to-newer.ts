import { sql } from 'kysely'
import { OutsideError } from '#core/errors.ts'
import type { JobId } from '#core/ids.ts'
import { findUnknown } from '#recipes/find-unknown.ts'
import type { Program } from '#recipes/program.ts'
import { type ClaimedJob, claimJob } from './claim-job.ts'
import type { JobsContext } from './context.ts'
import { giveBackJob } from './give-back-job.ts'
import { RUN_JOB } from './queue-names.ts'

const MOST_KNOWN = 10_000

/** What of a program only a newer Behalf knows; looked at once for each version of a recipe. */
function findNewer({ known, connectors }: JobsContext, { main, functions }: Program): string | undefined {
  for (const { id, version, document } of [main, ...functions.values()]) {
    const key = `${id}/${version}`
    if (known.has(key)) continue
    const unknown = findUnknown(document, connectors)
    if (unknown !== undefined) return unknown
    if (known.size >= MOST_KNOWN) known.clear()
    known.add(key)
  }
  return undefined
}

/** Throws `recipe_newer` for a recipe that this version of Behalf does not know whole: in the middle of an upgrade another process does. */
export function refuseNewer(ctx: JobsContext, program: Program): void {
  const unknown = findNewer(ctx, program)
  if (unknown === undefined) return
  const message = `“${program.main.name}” was written by a newer Behalf than this one, which does not know “${unknown}”. Try again in a moment; if it stays, upgrade every process.`
  throw new OutsideError('recipe_newer', message, { retryable: true })
}

/** `claimJob`, but a job that only a newer Behalf can run is left to one: it stays queued until there is one. */
export async function claimKnownJob(ctx: JobsContext, id: JobId): Promise<ClaimedJob | undefined> {
  const job = await claimUnlessClosed(ctx, id)
  const unknown = job && findNewer(ctx, job.program)
  if (job === undefined || unknown === undefined) return job
  ctx.log.warn({ job: id, recipe: job.recipeId, unknown }, 'a job needs a newer Behalf, and is left to one')
  // why: rung for again the later, the oftener it was taken in vain: there may be no newer process for days.
  await giveBackJob(ctx, job, Math.min(Number(job.fence), 60))
  return undefined
}

/** A process that gives back what it runs claims no more; the bell that it was handed is rung again for the others. */
async function claimUnlessClosed(ctx: JobsContext, id: JobId): Promise<ClaimedJob | undefined> {
  const { closed, underWay } = ctx.claims
  const claim = closed ? ringAgain(ctx, id) : claimJob(ctx, id)
  underWay.add(claim)
  try {
    return await claim
  } finally {
    underWay.delete(claim)
  }
}

async function ringAgain({ db }: JobsContext, id: JobId): Promise<undefined> {
  await sql`select graphile_worker.add_job(${RUN_JOB}, json_build_object('id', ${id}::text))`.execute(db)
}

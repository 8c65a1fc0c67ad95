import { sql } from 'kysely'
import type { DataKey } from '#connections/sealing/data-keys.ts'
import type { PersonId } from '#core/ids.ts'
import { admitHeld } from './admit-held.ts'
import type { PlaceHere } from './begin-here.ts'
import { type ClaimedJob, FIRST_FENCE } from './claim-job.ts'
import type { JobsContext } from './context.ts'
import { findDelegator } from './find-delegated.ts'
import type { Invocation, Invoked } from './invocation.ts'
import { jobRow, onSameDelivery } from './job-row.ts'
import { queueTaskOf } from './queue-names.ts'

/** Room in this process for a job that is about to be recorded, when there is any. */
export type TakePlace = () => Promise<PlaceHere | undefined>

type StartingRow = ReturnType<typeof jobRow> & { delegator_id: PersonId | null }

/**
 * One statement. A job whose caller waits on a connection to this very process is recorded as already claimed by it, where there is room,
 * and begins at once: should the process die, the sweep finds a running job with a dead holder. Any other job's place in the queue is
 * recorded with it. Undefined for a delivery that started its job before.
 */
export async function recordAndStart(
  ctx: JobsContext,
  invocation: Invocation,
  dataKey: DataKey,
  takePlace: TakePlace,
): Promise<Invoked | undefined> {
  const row = { ...jobRow(ctx, invocation, dataKey), delegator_id: await findDelegator(ctx, invocation) }
  const place = await takePlace()
  const recorded = place ? await recordAndBegin(ctx, invocation, { row, dataKey, place }) : await recordQueued(ctx, row)
  if (!recorded) return undefined
  // why: not before its place here is given back, for the bell would be taken for that of a job which runs here already.
  if (recorded.held) await admitHeld(ctx)
  return { jobId: row.id, repeated: false, connectUrl: null }
}

async function recordAndBegin(
  ctx: JobsContext,
  invocation: Invocation,
  { row, dataKey, place }: { row: StartingRow; dataKey: DataKey; place: PlaceHere },
): Promise<{ held: boolean } | undefined> {
  try {
    const recorded = await recordRunning(ctx, row)
    if (!recorded) return undefined
    ctx.checkpoint('job recorded')
    // why: one that is limited was turned into one that waits for its turn (jobs_held_at_first).
    if (!recorded.held) place.begin(claimedJob(invocation, row, dataKey))
    return recorded
  } finally {
    place.giveBackUnlessBegun()
  }
}

async function recordQueued(ctx: JobsContext, row: StartingRow) {
  const recorded = await ctx.db
    .with('job', (db) =>
      db
        .insertInto('jobs')
        .values({ ...row, status: 'queued' })
        .onConflict((conflict) => onSameDelivery(conflict).doNothing())
        .returning(['id', 'held']),
    )
    .selectFrom('job')
    .select([
      'job.id',
      'job.held',
      sql`case when not job.held then graphile_worker.add_job(${queueTaskOf(row.surface)}, json_build_object('id', job.id)) end`.as(
        'rung',
      ),
    ])
    .executeTakeFirst()
  if (recorded) ctx.checkpoint('job recorded')
  return recorded
}

function recordRunning(ctx: JobsContext, row: StartingRow) {
  return ctx.db
    .insertInto('jobs')
    .values({ ...row, status: 'running', fence: FIRST_FENCE, holder: ctx.processId, started_at: row.created_at })
    .onConflict((conflict) => onSameDelivery(conflict).doNothing())
    .returning(['id', 'held'])
    .executeTakeFirst()
}

function claimedJob(
  invocation: Invocation,
  row: Pick<StartingRow, 'created_at' | 'delegator_id' | 'private' | 'masked' | 'traceparent'>,
  dataKey: DataKey,
): ClaimedJob {
  const { id, program, workspaceId, person, origin, input, watched } = invocation
  const { main } = program
  return {
    id,
    fence: FIRST_FENCE,
    workspaceId,
    recipeId: main.id,
    recipeName: main.name,
    recipeVersion: main.version,
    recipeState: { isStarted: true, stoppedReason: null },
    program,
    person,
    delegatorId: row.delegator_id,
    private: row.private,
    masked: row.masked,
    origin,
    input,
    createdAt: row.created_at,
    watched,
    dataKey,
    resumed: false,
    waited: false,
    limited: false,
    traceparent: row.traceparent,
  }
}

import { type OnConflictBuilder, sql } from 'kysely'
import type { Missing } from '#asking/connect-request.ts'
import type { DataKey } from '#connections/sealing/data-keys.ts'
import { type RecipeUse, readStanding } from '#connections/standing.ts'
import { UserError } from '#core/errors.ts'
import type { ConnectionId, JobId, PersonId, WorkspaceId } from '#core/ids.ts'
import { inSpan, noteOnSpan, traceparentHere } from '#core/trace.ts'
import type { Db } from '#database/db.ts'
import { inTransaction } from '#database/in-transaction.ts'
import type { Tables } from '#database/tables.ts'
import type { Person } from '#people/person.ts'
import { connectionsNeeded } from '#recipes/connections-needed.ts'
import { footprintOf } from '#recipes/footprint.ts'
import { callsIn, MAX_PROGRAM_STEPS, type Program, sizeOf, versionsOf } from '#recipes/program.ts'
import type { Json } from '#recipes/scope.ts'
import { isPrivate } from '#recipes/switch.ts'
import type { Origin } from '#surfaces/surface.ts'
import { admitHeld, slotsOf } from './admit-held.ts'
import { askForConnections } from './ask-for-connections.ts'
import type { PlaceHere } from './begin-here.ts'
import { type ClaimedJob, FIRST_FENCE } from './claim-job.ts'
import type { JobsContext } from './context.ts'
import { continueAtOnce } from './continue-jobs.ts'
import { shapeOf } from './data-shape.ts'
import { findDelegator } from './find-delegated.ts'
import { findUndelegated, type Undelegated } from './find-undelegated.ts'
import { queueTaskOf } from './queue-names.ts'
import { jobPlace, sealOptional } from './seal-job-data.ts'
import { askForMissing, refuseTooManyWaiting, waitForDelegator } from './wait-for-delegator.ts'

/** A wish to run a started recipe, by somebody who may: checked before. */
export interface Invocation {
  /** The job's, new: its caller may watch it from before it is recorded. */
  id: JobId
  /** In the versions it runs in to its end. */
  program: Program
  workspaceId: WorkspaceId
  /** As whom; null for a webhook or a schedule. */
  person: Person | null
  origin: Origin
  /** Already checked against the trigger's parameters. */
  input: Json
  /** Who delivers (a surface and its workspace, an API key), under which repetition key, and what was sent. */
  delivery: { source: string; key: string | null; request: unknown }
  /** Whether the caller waits on an open connection for its end. */
  watched: boolean
}

export interface Invoked {
  jobId: JobId
  /** True when this delivery started its job before: nothing was started now. */
  repeated: boolean
  /** The connect page, for the person's own session; null when nothing is missing. */
  connectUrl: string | null
  /** It was recorded waiting for somebody to delegate a connection it names, or to connect that again. */
  awaitsDelegator?: true
}

/**
 * Records a job and either starts it or asks its person for what is missing, all in one transaction. The same delivery again
 * answers with its first job; the same key with another body is refused with `idempotency_key_reused` (409).
 */
export function recordJob(ctx: JobsContext, invocation: Invocation, takePlace: TakePlace): Promise<Invoked> {
  const { id: job, program } = invocation
  return inSpan(ctx, { name: 'jobs/invoke', kind: 'producer', job, recipe: program.main.id }, async () => {
    const invoked = await recordOnce(ctx, invocation, takePlace)
    noteOnSpan({ job: invoked.jobId })
    return invoked
  })
}

async function recordOnce(ctx: JobsContext, invocation: Invocation, takePlace: TakePlace): Promise<Invoked> {
  refuseUnrunnable(invocation.program)
  const dataKey = await ctx.dataKeys.take(invocation.workspaceId, ctx.clock())
  const missing = await findMissing(ctx, invocation)
  const undelegated = await findUndelegated(ctx, invocation)
  const invoked =
    missing.length > 0
      ? await recordAndAsk(ctx, invocation, dataKey, missing)
      : undelegated.length > 0
        ? await recordAndAskDelegator(ctx, invocation, dataKey, undelegated)
        : await recordAndStart(ctx, invocation, dataKey, takePlace)
  return invoked ?? repeatedDelivery(ctx, invocation)
}

/** Room in this process for a job that is about to be recorded, when there is any. */
export type TakePlace = () => Promise<PlaceHere | undefined>

/** Every connection of their own that this person must connect before the first step. */
async function findMissing(ctx: JobsContext, { program, person }: Invocation): Promise<Missing[]> {
  const needed = connectionsNeeded(program)
  if (needed.length === 0) return []
  if (!person)
    throw new UserError('person_needed', 'This recipe runs as a person, and nobody is known here.', { status: 403 })
  const whose = { person, use: leaveFor(ctx, program) }
  return inSpan(ctx, { name: 'jobs/preflight' }, () => findMissingOf(ctx, needed, whose))
}

/** Those of the parents under which a person has no connection that may be used now. */
export async function findMissingOf(
  ctx: JobsContext,
  parentIds: readonly ConnectionId[],
  { person, use }: { person: Pick<Person, 'id'>; use: RecipeUse },
): Promise<Missing[]> {
  const missing: Missing[] = []
  for (const parentId of parentIds) {
    const standing = await readStanding(ctx, { parentId, personId: person.id, recipe: use }, null)
    if (standing.kind === 'interrupted' && standing.interruption.kind === 'connect')
      missing.push({ parentId, reason: standing.interruption.reason })
  }
  return missing
}

const leaveFor = (ctx: JobsContext, program: Program): RecipeUse => ({
  recipeId: program.main.id,
  footprint: footprintOf(program, ctx.connectors),
})

/** A function that is stopped or gone, or a circle made since the recipe was started, is found out before anything has been done. */
function refuseUnrunnable(program: Program): void {
  const { main, functions } = program
  if (functions.size > 0 && sizeOf(program) > MAX_PROGRAM_STEPS)
    throw new UserError(
      'program_too_large',
      `“${main.name}” calls functions too often, or in a circle. Ask its builder.`,
      {
        status: 409,
      },
    )
  for (const part of [main, ...functions.values()])
    for (const { recipe_id, name } of callsIn(part.document)) {
      const called = functions.get(recipe_id)
      if (called?.isStarted) continue
      const message = called
        ? `“${main.name}” calls “${called.name}”, which is stopped. Ask its builder to start it.`
        : `The step “${name}” of “${part.name}” calls a function that is gone. Ask its builder.`
      throw new UserError(called ? 'function_stopped' : 'function_missing', message, { status: 409 })
    }
}

type StartingRow = ReturnType<typeof jobRow> & { delegator_id: PersonId | null }

function jobRow(ctx: JobsContext, invocation: Invocation, dataKey: DataKey) {
  const { id, program, workspaceId, person, origin, input, delivery, watched } = invocation
  const functions = versionsOf(program)
  return {
    id,
    workspace_id: workspaceId,
    recipe_id: program.main.id,
    recipe_version: program.main.version,
    functions: functions && JSON.stringify(functions),
    person_id: person?.id ?? null,
    private: isPrivate(program),
    surface: origin.surface,
    sealed_address: sealOptional(dataKey, jobPlace(id, 'address'), origin.address),
    delivery_source: delivery.source,
    delivery_key: delivery.key,
    request_hash: delivery.key === null ? null : dataKey.fingerprint(delivery.request),
    watched,
    data_key_id: dataKey.id,
    sealed_input: dataKey.seal(jobPlace(id, 'input'), input),
    input_shape: JSON.stringify({ input: shapeOf(input) }),
    created_at: ctx.clock(),
    slots: slotsOf(program, workspaceId),
    traceparent: traceparentHere(),
  }
}

/**
 * One statement. A job whose caller waits on a connection to this very process is recorded as already claimed by it, where there is room,
 * and begins at once: should the process die, the sweep finds a running job with a dead holder. Any other job's place in the queue is
 * recorded with it.
 */
async function recordAndStart(
  ctx: JobsContext,
  invocation: Invocation,
  dataKey: DataKey,
  takePlace: TakePlace,
): Promise<Invoked | undefined> {
  const row = { ...jobRow(ctx, invocation, dataKey), delegator_id: await findDelegator(ctx, invocation) }
  const place = await takePlace()
  if (!place) {
    const queued = await recordQueued(ctx, row)
    if (queued?.held) await admitHeld(ctx)
    return queued && recordedNow(ctx, row.id)
  }
  try {
    const recorded = await recordRunning(ctx, row)
    if (!recorded) return undefined
    const invoked = recordedNow(ctx, row.id)
    // why: one that is limited was turned into one that waits for its turn (jobs_held_at_first).
    if (recorded.held) await admitHeld(ctx)
    else place.begin(claimedJob(invocation, row, dataKey))
    return invoked
  } finally {
    place.giveBackUnlessBegun()
  }
}

function recordedNow(ctx: JobsContext, jobId: JobId): Invoked {
  ctx.checkpoint('job recorded')
  return { jobId, repeated: false, connectUrl: null }
}

function recordQueued(ctx: JobsContext, row: StartingRow) {
  return ctx.db
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
  row: Pick<StartingRow, 'created_at' | 'delegator_id' | 'traceparent'>,
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

async function recordAndAsk(
  ctx: JobsContext,
  invocation: Invocation,
  dataKey: DataKey,
  missing: Missing[],
): Promise<Invoked | undefined> {
  const { program, person, origin } = invocation
  if (!person) return undefined
  const row = jobRow(ctx, invocation, dataKey)
  const invoked = await ctx.db.transaction().execute(async (tx) => {
    const recorded = await tx
      .insertInto('jobs')
      .values({ ...row, status: 'waiting_for_connection' })
      .onConflict((conflict) => onSameDelivery(conflict).doNothing())
      .returning('id')
      .executeTakeFirst()
    if (!recorded) return undefined
    const use = leaveFor(ctx, program)
    const asking = { jobId: row.id, recipeName: program.main.name, use, person, origin, dataKey, missing, step: null }
    const connectUrl = await askForConnections(ctx, tx, asking)
    if (connectUrl === null) await continueAtOnce(tx, row.id)
    return { jobId: row.id, repeated: false, connectUrl }
  })
  if (invoked) ctx.checkpoint('job recorded')
  return invoked
}

/** The same for a job of nobody: whoever must delegate a connection it names, or connect it again, is asked. */
async function recordAndAskDelegator(
  ctx: JobsContext,
  invocation: Invocation,
  dataKey: DataKey,
  missing: Undelegated[],
): Promise<Invoked | undefined> {
  const { id: jobId, workspaceId, program, origin, delivery } = invocation
  const recipeId = program.main.id
  const delegator_id = await findDelegator(ctx, invocation)
  const row = { ...jobRow(ctx, invocation, dataKey), delegator_id, status: 'waiting_for_connection' as const }
  if (await wasDelivered(ctx.db, workspaceId, delivery)) return undefined
  // why: a schedule that comes due is recorded in its own transaction, so that nothing may be written before it is sure to be let wait.
  const asked = await inTransaction(ctx.db, async (tx) => {
    const asked = await askForMissing(ctx, tx, { workspaceId, missing })
    await refuseTooManyWaiting(tx, { recipeId, surface: origin.surface, asked })
    const recorded = await tx
      .insertInto('jobs')
      .values(row)
      .onConflict((conflict) => onSameDelivery(conflict).doNothing())
      .returning('id')
      .executeTakeFirst()
    if (!recorded) return undefined
    if (asked.length === 0) await continueAtOnce(tx, jobId)
    await waitForDelegator(ctx, tx, { jobId, step: null, asked })
    return asked
  })
  if (!asked) return undefined
  ctx.checkpoint('job recorded')
  return { jobId, repeated: false, connectUrl: null, ...(asked.length > 0 && { awaitsDelegator: true as const }) }
}

async function wasDelivered(
  db: Db,
  workspaceId: WorkspaceId,
  { source, key }: Invocation['delivery'],
): Promise<boolean> {
  if (key === null) return false
  const job = await db
    .selectFrom('jobs')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('delivery_source', '=', source)
    .where('delivery_key', '=', key)
    .executeTakeFirst()
  return job !== undefined
}

const onSameDelivery = (conflict: OnConflictBuilder<Tables, 'jobs'>) =>
  conflict.columns(['workspace_id', 'delivery_source', 'delivery_key']).where('delivery_key', 'is not', null)

async function repeatedDelivery(ctx: JobsContext, { program, workspaceId, delivery }: Invocation): Promise<Invoked> {
  const job = await ctx.db
    .selectFrom('jobs')
    .select(['id', 'request_hash', 'recipe_id', 'data_key_id', 'status', 'delegator_id'])
    .where('workspace_id', '=', workspaceId)
    .where('delivery_source', '=', delivery.source)
    .where('delivery_key', '=', delivery.key)
    .executeTakeFirstOrThrow()
  const dataKey = await ctx.dataKeys.load(job.data_key_id)
  if (job.recipe_id !== program.main.id || !job.request_hash?.equals(dataKey.fingerprint(delivery.request)))
    throw new UserError(
      'idempotency_key_reused',
      'This idempotency key was used before, with another request. Use a new one.',
      {
        status: 409,
      },
    )
  const isWaiting = job.status === 'waiting_for_connection'
  if (isWaiting && job.delegator_id) return { jobId: job.id, repeated: true, connectUrl: null, awaitsDelegator: true }
  return { jobId: job.id, repeated: true, connectUrl: isWaiting ? await openVisitOf(ctx, job.id) : null }
}

/** Where the person of a waiting job connects, by their own session; null when its link was given up. */
async function openVisitOf(ctx: JobsContext, jobId: JobId): Promise<string | null> {
  const visit = await ctx.db
    .selectFrom('connect_visits')
    .select('id')
    .where('job_id', '=', jobId)
    .where('status', '=', sql.lit('open' as const))
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('external_visits').select('visit_id').whereRef('visit_id', '=', 'connect_visits.id'))),
    )
    .executeTakeFirst()
  return visit ? new URL(`/connect/v/${visit.id}`, ctx.publicUrl).href : null
}

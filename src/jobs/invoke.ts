import { type OnConflictBuilder, sql } from 'kysely'
import type { Missing } from '#asking/connect-request.ts'
import type { DataKey } from '#connections/sealing/data-keys.ts'
import { readStanding } from '#connections/standing.ts'
import { UserError } from '#core/errors.ts'
import type { JobId } from '#core/ids.ts'
import type { Tables } from '#database/tables.ts'
import type { Person } from '#people/person.ts'
import { connectionsUsed } from '#recipes/connections-used.ts'
import { footprintOf } from '#recipes/footprint.ts'
import type { Json } from '#recipes/scope.ts'
import type { RecipeWithDocument } from '#recipes/stored-recipe.ts'
import { isPrivate } from '#recipes/switch.ts'
import type { Origin } from '#surfaces/surface.ts'
import { askForConnections } from './ask-for-connections.ts'
import { takePlaceHere } from './begin-here.ts'
import { type ClaimedJob, FIRST_FENCE } from './claim-job.ts'
import type { JobsContext } from './context.ts'
import { continueAtOnce } from './continue-jobs.ts'
import { shapeOf } from './data-shape.ts'
import { RUN_BACKGROUND_JOB, RUN_JOB } from './queue-names.ts'
import { jobPlace, sealOptional } from './seal-job-data.ts'

/** A wish to run a started recipe, by somebody who may: checked before. */
export interface Invocation {
  /** The job's, new: its caller may watch it from before it is recorded. */
  id: JobId
  recipe: RecipeWithDocument
  /** As whom; null for a webhook. */
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
}

/**
 * Records a job and either starts it or asks its person for what is missing, all in one transaction. The same delivery again
 * answers with its first job; the same key with another body is refused with `idempotency_key_reused` (409).
 */
export async function invoke(ctx: JobsContext, invocation: Invocation): Promise<Invoked> {
  const dataKey = await ctx.dataKeys.take(invocation.recipe.workspaceId, ctx.clock())
  const missing = await findMissing(ctx, invocation)
  const invoked =
    missing.length === 0
      ? await recordAndStart(ctx, invocation, dataKey)
      : await recordAndAsk(ctx, invocation, dataKey, missing)
  return invoked ?? repeatedDelivery(ctx, invocation)
}

/** Every connection with the switch on that this person must connect before the first step. */
async function findMissing(ctx: JobsContext, { recipe, person }: Invocation): Promise<Missing[]> {
  const missing: Missing[] = []
  const use = { recipeId: recipe.id, footprint: footprintOf(recipe.document, ctx.connectors) }
  for (const { connectionId, personal } of connectionsUsed(recipe.document)) {
    if (!personal || !connectionId) continue
    if (!person)
      throw new UserError('person_needed', 'This recipe runs as a person, and nobody is known here.', { status: 403 })
    const standing = await readStanding(ctx, { parentId: connectionId, personId: person.id, recipe: use }, null)
    if (standing.kind === 'interrupted' && standing.interruption.kind === 'connect')
      missing.push({ parentId: connectionId, reason: standing.interruption.reason })
  }
  return missing
}

type JobRow = ReturnType<typeof jobRow>

function jobRow(ctx: JobsContext, invocation: Invocation, dataKey: DataKey) {
  const { id, recipe, person, origin, input, delivery, watched } = invocation
  return {
    id,
    workspace_id: recipe.workspaceId,
    recipe_id: recipe.id,
    recipe_version: recipe.version,
    person_id: person?.id ?? null,
    private: isPrivate(recipe.document),
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
): Promise<Invoked | undefined> {
  const row = jobRow(ctx, invocation, dataKey)
  const place = invocation.watched ? await takePlaceHere(ctx, row.id) : undefined
  if (!place) return (await recordQueued(ctx, row)) && recordedNow(ctx, row.id)
  try {
    if (!(await recordRunning(ctx, row))) return undefined
    const invoked = recordedNow(ctx, row.id)
    place.begin(claimedJob(invocation, row.created_at, dataKey))
    return invoked
  } finally {
    place.giveBackUnlessBegun()
  }
}

function recordedNow(ctx: JobsContext, jobId: JobId): Invoked {
  ctx.checkpoint('job recorded')
  return { jobId, repeated: false, connectUrl: null }
}

function recordQueued(ctx: JobsContext, row: JobRow) {
  const task = row.surface === 'webhook' ? RUN_BACKGROUND_JOB : RUN_JOB
  return ctx.db
    .with('job', (db) =>
      db
        .insertInto('jobs')
        .values({ ...row, status: 'queued' })
        .onConflict((conflict) => onSameDelivery(conflict).doNothing())
        .returning('id'),
    )
    .selectFrom('job')
    .select(['job.id', sql`graphile_worker.add_job(${task}, json_build_object('id', job.id))`.as('rung')])
    .executeTakeFirst()
}

function recordRunning(ctx: JobsContext, row: JobRow) {
  return ctx.db
    .insertInto('jobs')
    .values({ ...row, status: 'running', fence: FIRST_FENCE, holder: ctx.processId, started_at: row.created_at })
    .onConflict((conflict) => onSameDelivery(conflict).doNothing())
    .returning('id')
    .executeTakeFirst()
}

function claimedJob(invocation: Invocation, createdAt: Date, dataKey: DataKey): ClaimedJob {
  const { id, recipe, person, origin, input, watched } = invocation
  return {
    id,
    fence: FIRST_FENCE,
    workspaceId: recipe.workspaceId,
    recipeId: recipe.id,
    recipeName: recipe.name,
    recipeVersion: recipe.version,
    recipeState: { isStarted: true, stoppedReason: null },
    document: recipe.document,
    person,
    origin,
    input,
    createdAt,
    watched,
    dataKey,
    resumed: false,
    waited: false,
  }
}

async function recordAndAsk(
  ctx: JobsContext,
  invocation: Invocation,
  dataKey: DataKey,
  missing: Missing[],
): Promise<Invoked | undefined> {
  const { recipe, person, origin } = invocation
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
    const use = { recipeId: recipe.id, footprint: footprintOf(recipe.document, ctx.connectors) }
    const asking = { jobId: row.id, recipeName: recipe.name, use, person, origin, dataKey, missing, step: null }
    const connectUrl = await askForConnections(ctx, tx, asking)
    if (connectUrl === null) await continueAtOnce(tx, row.id)
    return { jobId: row.id, repeated: false, connectUrl }
  })
  if (invoked) ctx.checkpoint('job recorded')
  return invoked
}

const onSameDelivery = (conflict: OnConflictBuilder<Tables, 'jobs'>) =>
  conflict.columns(['workspace_id', 'delivery_source', 'delivery_key']).where('delivery_key', 'is not', null)

async function repeatedDelivery(ctx: JobsContext, { recipe, delivery }: Invocation): Promise<Invoked> {
  const job = await ctx.db
    .selectFrom('jobs')
    .select(['id', 'request_hash', 'recipe_id', 'data_key_id', 'status'])
    .where('workspace_id', '=', recipe.workspaceId)
    .where('delivery_source', '=', delivery.source)
    .where('delivery_key', '=', delivery.key)
    .executeTakeFirstOrThrow()
  const dataKey = await ctx.dataKeys.load(job.data_key_id)
  if (job.recipe_id !== recipe.id || !job.request_hash?.equals(dataKey.fingerprint(delivery.request)))
    throw new UserError(
      'idempotency_key_reused',
      'This idempotency key was used before, with another request. Use a new one.',
      {
        status: 409,
      },
    )
  const isWaiting = job.status === 'waiting_for_connection'
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

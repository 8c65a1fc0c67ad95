import { sql } from 'kysely'
import type { ConnectionId } from '#core/ids.ts'
import { withRetries } from '#core/with-retries.ts'
import { isDatabaseOutage } from '#database/is-database-outage.ts'
import type { Step } from '#recipes/step.ts'
import type { ClaimedJob } from './claim-job.ts'
import type { JobsContext } from './context.ts'
import { type DataShape, shapeOf } from './data-shape.ts'
import { type QueuedMessage, sealOutgoing } from './outbox.ts'
import { jobPlace, sealOptional, stepPlace } from './seal-job-data.ts'

/** One use of a credential by one step, for the record (who, recipe and job are the job's). */
export interface CredentialUse {
  connectionId: ConnectionId
  accountLabel: string | null
  requests: number
  httpStatus: number | null
  outcome: string
}

/** What is known of a step: that it began, or how it ended. */
export interface StepRecord {
  /** Its key in the job. */
  step: string
  kind: Step['kind']
  /** Nobody is ever shown its data. */
  masked: boolean
  position: number
  status: 'began' | 'succeeded' | 'failed' | 'interrupted'
  action: string | null
  input?: unknown
  output?: unknown
  error?: { code: string; message: string } | undefined
  use?: CredentialUse | undefined
  startedAt: Date
  finishedAt: Date | null
}

/** How a job ends from within. */
export interface Finish {
  status: 'succeeded' | 'failed'
  error: { code: string; message: string } | null
  result: unknown
}

/** What one statement writes: step outcomes, messages, and the job's end. All of it, or, when the fence was lost, nothing. */
export interface Recording {
  steps: StepRecord[]
  outgoing: QueuedMessage[]
  finish: Finish | null
}

/** 25 seconds: a busy PostgreSQL restarts in less. Should another process have taken the job over meanwhile, the write is refused. */
const WRITE_AGAIN_AFTER_MS = [100, 400, 500, 1000, 1000, 2000, 2000, 3000, 5000, 5000, 5000]

/**
 * Writes a recording in one statement, if this claim still speaks for the job; when it does not, only that credentials were used, and
 * answers false. From then on the finished steps in it are never run again. While the database is away it tries again for some seconds.
 */
export async function record(ctx: JobsContext, job: ClaimedJob, recording: Recording): Promise<boolean> {
  // why: what is only known here of an outside effect would be lost; the fencing number refuses it should another have taken over.
  return withRetries(WRITE_AGAIN_AFTER_MS, isDatabaseOutage, () => write(ctx, job, recording))
}

async function write(ctx: JobsContext, job: ClaimedJob, recording: Recording): Promise<boolean> {
  const { rows } = await sql<{ id: string }>`
    with alive as (${aliveJob(ctx, job, recording.finish)}),
    steps as (${stepRows(job, recording.steps)}),
    uses as (${credentialUseRows(ctx, job, recording.steps)}),
    used as (${touchConnections(ctx, recording.steps)}),
    messages as (${messageRows(job, ctx.surfaces.has(job.origin.surface) ? recording.outgoing : [])})
    select id${isWatchedElsewhere(ctx, job, recording) ? sql`, pg_notify('behalf_job', id)` : sql``} from alive`.execute(
    ctx.db,
  )
  return rows.length > 0
}

// why: PostgreSQL commits transactions that notify one after the other, each with its own wait for the disk; so only where it is needed.
function isWatchedElsewhere(ctx: JobsContext, job: ClaimedJob, { finish }: Recording): boolean {
  return finish !== null && job.watched && !ctx.watchers.has(job.id)
}

function aliveJob(ctx: JobsContext, job: ClaimedJob, finish: Finish | null) {
  const mine = sql`id = ${job.id} and fence = ${job.fence} and status = 'running'`
  if (!finish) return sql`select id from jobs where ${mine} for no key update`
  return sql`update jobs set status = ${finish.status}, holder = null, finished_at = ${ctx.clock()},
      error_code = ${finish.error?.code ?? null},
      sealed_error = ${sealOptional(job.dataKey, jobPlace(job.id, 'error'), finish.error && { message: finish.error.message })},
      sealed_result = ${sealOptional(job.dataKey, jobPlace(job.id, 'result'), finish.result)}
    where ${mine} returning id`
}

function stepRows({ id, dataKey }: ClaimedJob, steps: StepRecord[]) {
  const column = <T>(read: (step: StepRecord) => T): T[] => steps.map(read)
  const sealed = (name: 'input' | 'output' | 'error') =>
    column((step) => sealOptional(dataKey, stepPlace(id, step.step, name), sealedValue(step, name)))
  return sql`
    insert into job_steps (job_id, step, kind, masked, position, status, action, sealed_input, input_shape, sealed_output, sealed_error,
      error_code, http_status, connection_id, account_label, started_at, finished_at)
    select alive.id, s.* from alive, unnest(
      ${column(({ step }) => step)}::text[], ${column(({ kind }) => kind)}::text[],
      ${column(({ masked }) => masked)}::boolean[], ${column(({ position }) => position)}::int[],
      ${column(({ status }) => status)}::text[], ${column(({ action }) => action)}::text[],
      ${sealed('input')}::bytea[], ${column(shapes)}::jsonb[], ${sealed('output')}::bytea[], ${sealed('error')}::bytea[],
      ${column(({ error }) => error?.code ?? null)}::text[], ${column(({ use }) => use?.httpStatus ?? null)}::int[],
      ${column(({ use }) => use?.connectionId ?? null)}::text[], ${column(({ use }) => use?.accountLabel ?? null)}::text[],
      ${column(({ startedAt }) => startedAt)}::timestamptz[], ${column(({ finishedAt }) => finishedAt)}::timestamptz[]
    ) as s
    on conflict (job_id, step) do update set status = excluded.status, masked = excluded.masked, sealed_output = excluded.sealed_output,
      sealed_error = excluded.sealed_error, error_code = excluded.error_code, http_status = excluded.http_status,
      connection_id = excluded.connection_id, account_label = excluded.account_label,
      sealed_input = excluded.sealed_input, input_shape = excluded.input_shape,
      started_at = excluded.started_at, finished_at = excluded.finished_at`
}

function sealedValue(step: StepRecord, name: 'input' | 'output' | 'error'): unknown {
  return name === 'error' ? step.error && { message: step.error.message } : step[name]
}

function shapes({ input, output }: StepRecord): string {
  const shape: { input: DataShape; output: DataShape } = { input: shapeOf(input), output: shapeOf(output) }
  return JSON.stringify(shape)
}

/**
 * Each ended step that used a credential: who, recipe, step, connection, account, when, and with what outcome. On record also when the
 * fence was lost meanwhile: it was used all the same.
 */
function credentialUseRows(ctx: JobsContext, job: ClaimedJob, steps: StepRecord[]) {
  const used = steps.flatMap(({ step, action, use, finishedAt }) =>
    use && finishedAt ? [{ step, action, ...use }] : [],
  )
  const column = <T>(read: (use: (typeof used)[number]) => T): T[] => used.map(read)
  return sql`
    insert into credential_uses (workspace_id, at, connection_id, parent_id, person_id, account_label, recipe_id, recipe_version,
      job_id, step, action, requests, http_status, outcome)
    select ${job.workspaceId}, ${ctx.clock()}::timestamptz, u.connection, c.parent_id, ${job.person?.id ?? null}, u.account,
      ${job.recipeId}, ${job.recipeVersion}::int, ${job.id}, u.step, u.action, u.requests, u.http_status, u.outcome
    from unnest(
      ${column(({ connectionId }) => connectionId)}::text[], ${column(({ accountLabel }) => accountLabel)}::text[],
      ${column(({ step }) => step)}::text[], ${column(({ action }) => action)}::text[],
      ${column(({ requests }) => requests)}::int[], ${column(({ httpStatus }) => httpStatus)}::int[],
      ${column(({ outcome }) => outcome)}::text[]
    ) as u (connection, account, step, action, requests, http_status, outcome)
    join connections c on c.id = u.connection`
}

/** "Last used", to the minute: more often would make every job of a busy connection wait for one row. */
function touchConnections(ctx: JobsContext, steps: StepRecord[]) {
  const ids = steps.flatMap(({ use }) => (use ? [use.connectionId] : []))
  const now = ctx.clock()
  return sql`
    update connections set last_used_at = ${now}
    where id = any(${ids}::text[]) and (last_used_at is null or last_used_at < ${new Date(now.getTime() - 60_000)})`
}

function messageRows(job: ClaimedJob, outgoing: QueuedMessage[]) {
  const rows = outgoing.map((each) => sealOutgoing(job.dataKey, job.origin.address, each))
  return sql`
    insert into outbox (id, workspace_id, job_id, person_id, surface, data_key_id, sealed_address, sealed_body)
    select m.id, ${job.workspaceId}, alive.id, ${job.person?.id ?? null}, ${job.origin.surface}, ${job.dataKey.id}, m.address, m.body
    from alive, unnest(
      ${rows.map(({ id }) => id)}::text[], ${rows.map(({ sealedAddress }) => sealedAddress)}::bytea[],
      ${rows.map(({ sealedBody }) => sealedBody)}::bytea[]
    ) as m (id, address, body)`
}

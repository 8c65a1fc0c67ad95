import { type Selectable, sql } from 'kysely'
import type { DataKey } from '#connections/sealing/data-keys.ts'
import type { ConnectionId, JobId, PersonId, RecipeId, WorkspaceId } from '#core/ids.ts'
import type { Tables } from '#database/tables.ts'
import type { JobsContext } from './context.ts'
import type { JobResult } from './read-job-answer.ts'
import { jobPlace, openOptional, stepPlace } from './seal-job-data.ts'

export type JobStatus = Tables['jobs']['status']

/** A job as lists show it: nothing of its data. */
export interface JobSummary {
  id: JobId
  recipeId: RecipeId
  recipeName: string
  recipeVersion: number
  person: { id: PersonId; name: string } | null
  /** Whose delegated connection it uses, in the place of a person. */
  delegator: { id: PersonId; name: string } | null
  status: JobStatus
  private: boolean
  /** Until when its person shares its data; null when they do not, or it is over. */
  sharedUntil: Date | null
  surface: string
  errorCode: string | null
  createdAt: Date
  /** When a queued job is tried again. */
  notBefore: Date | null
  startedAt: Date | null
  finishedAt: Date | null
}

export interface JobFilter {
  recipeId?: RecipeId | undefined
  personId?: PersonId | undefined
  /** Whose they are: that ran as this person, or with a connection they delegated. */
  ownerId?: PersonId | undefined
  status?: JobStatus | undefined
  /** The id of the last job of the page before. */
  before?: string | undefined
  limit: number
}

/** Jobs of a workspace, the newest first. */
export async function listJobs(ctx: JobsContext, workspaceId: WorkspaceId, filter: JobFilter): Promise<JobSummary[]> {
  const page = (whose?: 'person_id' | 'delegator_id') => idsOf(ctx, workspaceId, { ...filter, whose })
  const ids = filter.ownerId ? sql`(${page('person_id')}) union all (${page('delegator_id')})` : page()
  const query = jobQuery(ctx).where(sql<boolean>`jobs.id in (${ids})`).orderBy('jobs.id', 'desc').limit(filter.limit)
  return (await query.execute()).map((row) => summaryOf(row, ctx.clock()))
}

/** Those of one page, read in the order of an index, however many there are. */
export function idsOf(
  ctx: JobsContext,
  workspaceId: WorkspaceId,
  filter: JobFilter & { whose?: 'person_id' | 'delegator_id' | undefined },
) {
  const { recipeId, personId, ownerId, whose, status, before, limit } = filter
  let query = ctx.db.selectFrom('jobs').select('id').where('workspace_id', '=', workspaceId)
  if (recipeId) query = query.where('recipe_id', '=', recipeId)
  if (personId) query = query.where('person_id', '=', personId)
  if (whose && ownerId) query = query.where(whose, '=', ownerId)
  // why: a literal, so that PostgreSQL can use the partial indexes of rare states.
  if (status) query = query.where('status', '=', sql.lit(status))
  if (before) query = query.where('id', '<', before as JobId)
  return query.orderBy('id', 'desc').limit(limit)
}

/** A job with everything about it that is still sealed. */
export interface SealedJob {
  summary: JobSummary
  deliverySource: string | null
  /** A masked step started it: nobody is shown its input, its result or its error. */
  masked: boolean
  shapes: { input: unknown }
  steps: SealedStep[]
  waits: { connectionId: string; connectionName: string; expiresAt: Date }[]
  /** Opens its data: only for whoever may read it. */
  open(): Promise<JobData>
  /** Opens its input alone; null when it is gone. */
  openInput(): Promise<Record<string, unknown> | null>
}

export interface SealedStep {
  step: string
  kind: string | null
  status: Selectable<Tables['job_steps']>['status']
  action: string | null
  connection: { id: string; name: string; personal: boolean; accountLabel: string | null } | null
  httpStatus: number | null
  errorCode: string | null
  /** The builder lets nobody see its data. */
  masked: boolean
  shapes: { input: unknown; output: unknown }
  startedAt: Date | null
  finishedAt: Date | null
}

/** A job's data in clear. */
export interface JobData {
  input: unknown
  result: JobResult | null
  error: string | null
  steps: Map<string, { input: unknown; output: unknown; error: string | null }>
}

/** Finds a job of this workspace. */
export async function findJob(ctx: JobsContext, workspaceId: WorkspaceId, id: JobId): Promise<SealedJob | undefined> {
  const row = await jobQuery(ctx)
    .select(['jobs.delivery_source', 'jobs.masked', 'jobs.input_shape', 'jobs.data_key_id'])
    .select(['jobs.sealed_input', 'jobs.sealed_result', 'jobs.sealed_error'])
    .where('jobs.workspace_id', '=', workspaceId)
    .where('jobs.id', '=', id)
    .executeTakeFirst()
  if (!row) return undefined
  const steps = await stepRows(ctx, id)
  return {
    summary: summaryOf(row, ctx.clock()),
    deliverySource: row.delivery_source,
    masked: row.masked,
    shapes: { input: row.input_shape?.input ?? null },
    steps: steps.map(sealedStepOf),
    waits: await waitRows(ctx, id),
    async openInput() {
      return openOptional(await ctx.dataKeys.load(row.data_key_id), jobPlace(id, 'input'), row.sealed_input)
    },
    async open() {
      const key = await ctx.dataKeys.load(row.data_key_id)
      return {
        input: openOptional(key, jobPlace(id, 'input'), row.sealed_input),
        result: openOptional<JobResult>(key, jobPlace(id, 'result'), row.sealed_result),
        error: openOptional<{ message: string }>(key, jobPlace(id, 'error'), row.sealed_error)?.message ?? null,
        steps: new Map(steps.filter(({ masked }) => !masked).map((step) => [step.step, openStep(key, id, step)])),
      }
    },
  }
}

function jobQuery(ctx: JobsContext) {
  return ctx.db
    .selectFrom('jobs')
    .innerJoin('recipes', 'recipes.id', 'jobs.recipe_id')
    .leftJoin('persons', 'persons.id', 'jobs.person_id')
    .leftJoin('persons as delegators', 'delegators.id', 'jobs.delegator_id')
    .select([
      'jobs.id',
      'jobs.recipe_id',
      'recipes.name as recipe_name',
      'jobs.recipe_version',
      'jobs.person_id',
      'persons.name as person_name',
      'jobs.delegator_id',
      'delegators.name as delegator_name',
      'jobs.status',
      'jobs.private',
      'jobs.shared_until',
      'jobs.surface',
      'jobs.error_code',
      'jobs.created_at',
      'jobs.not_before',
      'jobs.started_at',
      'jobs.finished_at',
    ])
}

type SummaryRow = Awaited<ReturnType<ReturnType<typeof jobQuery>['execute']>>[number]

function summaryOf(row: SummaryRow, now: Date): JobSummary {
  const later = (at: Date | null) => (at && at > now ? at : null)
  return {
    id: row.id,
    recipeId: row.recipe_id,
    recipeName: row.recipe_name,
    recipeVersion: row.recipe_version,
    person: row.person_id && { id: row.person_id, name: row.person_name ?? '' },
    delegator: row.delegator_id && { id: row.delegator_id, name: row.delegator_name ?? '' },
    status: row.status,
    private: row.private,
    sharedUntil: later(row.shared_until),
    surface: row.surface,
    errorCode: row.error_code,
    createdAt: row.created_at,
    notBefore: row.status === 'queued' ? later(row.not_before) : null,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  }
}

function stepRows(ctx: JobsContext, id: JobId) {
  return ctx.db
    .selectFrom('job_steps')
    .leftJoin('connections', 'connections.id', 'job_steps.connection_id')
    .selectAll('job_steps')
    .select(['connections.name as connection_name', 'connections.person_id as connection_person_id'])
    .where('job_id', '=', id)
    .orderBy('position')
    .execute()
}

type StepRow = Awaited<ReturnType<typeof stepRows>>[number]

function sealedStepOf(row: StepRow): SealedStep {
  return {
    step: row.step,
    kind: row.kind,
    status: row.status,
    action: row.action,
    connection: row.connection_id && {
      id: row.connection_id,
      name: row.connection_name ?? '',
      personal: row.connection_person_id !== null,
      accountLabel: row.account_label,
    },
    httpStatus: row.http_status,
    errorCode: row.error_code,
    masked: row.masked,
    shapes: { input: row.input_shape?.input ?? null, output: row.input_shape?.output ?? null },
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  }
}

function openStep(key: DataKey, id: JobId, row: StepRow) {
  return {
    input: openOptional<unknown>(key, stepPlace(id, row.step, 'input'), row.sealed_input),
    output: openOptional<unknown>(key, stepPlace(id, row.step, 'output'), row.sealed_output),
    error: openOptional<{ message: string }>(key, stepPlace(id, row.step, 'error'), row.sealed_error)?.message ?? null,
  }
}

async function waitRows(ctx: JobsContext, id: JobId): Promise<SealedJob['waits']> {
  const rows = await ctx.db
    .selectFrom('waits')
    // why: of a delegation the key names the connection, and the recipe that names it.
    .innerJoin('connections', (join) =>
      join.on('connections.id', '=', sql<ConnectionId>`split_part(waits.key, '/', 1)`),
    )
    .select(['connections.id', 'connections.name', 'waits.expires_at'])
    .where('waits.job_id', '=', id)
    .where('waits.kind', '<>', 'answer')
    .execute()
  return rows.map(({ id, name, expires_at }) => ({ connectionId: id, connectionName: name, expiresAt: expires_at }))
}

import { sql } from 'kysely'
import type { DataKey } from '#connections/sealing/data-keys.ts'
import { Bug } from '#core/errors.ts'
import type { JobId, PersonId, RecipeId, WorkspaceId } from '#core/ids.ts'
import { actorOf, hasPrivilege } from '#people/actor.ts'
import type { Person } from '#people/person.ts'
import { loadRecipeVersion } from '#recipes/load-recipe.ts'
import { loadProgram, type Program } from '#recipes/program.ts'
import { mayRun } from '#recipes/runnable-recipes.ts'
import type { Json } from '#recipes/scope.ts'
import type { Origin } from '#surfaces/surface.ts'
import type { JobsContext } from './context.ts'
import type { JobEnd } from './end-job.ts'
import { jobPlace, openOptional } from './seal-job-data.ts'

/** A holder that has not been seen for so long is dead, and what it held may be taken. */
export const HOLDER_DEAD_AFTER_SECONDS = 15

/** The fencing number of a job's first claim. */
export const FIRST_FENCE = '1'

/** A job that this process alone may run, for as long as its fencing number stands. */
export interface ClaimedJob {
  id: JobId
  fence: string
  workspaceId: WorkspaceId
  recipeId: RecipeId
  recipeName: string
  recipeVersion: number
  /** As it stood at the claim. */
  recipeState: { isStarted: boolean; stoppedReason: string | null }
  /** What it runs, in the versions noted when it was recorded. */
  program: Program
  person: Person | null
  /** Whose delegated connection it uses, or was used for what it was given, in the place of a person. */
  delegatorId: PersonId | null
  /** Its data is for its person, or its delegator, alone. */
  private: boolean
  /** A masked step started it: nobody is ever shown its data. */
  masked: boolean
  origin: Origin
  input: Json
  createdAt: Date
  /** Whether its caller waits, in this process or another, on an open connection. */
  watched: boolean
  dataKey: DataKey
  /** True when it ran before, so that steps may be on record. */
  resumed: boolean
  /** True when it has waited for its person. */
  waited: boolean
  /** True when it takes a place of something limited, that others may wait for. */
  limited: boolean
  /** The span it was invoked in, which its runs belong to, wherever they are; null where no traces were made. */
  traceparent: string | null
}

/**
 * Takes a job that is queued, or running with a dead holder, under a new fencing number. Undefined when there is nothing to do: it
 * ended, waits, or somebody who is alive runs it.
 */
export async function claimJob(ctx: JobsContext, id: JobId): Promise<ClaimedJob | undefined> {
  const row = await claimRow(ctx, id)
  if (!row) return undefined
  const dataKey = await ctx.dataKeys.load(row.data_key_id)
  const { person_name: name } = row
  return {
    id,
    fence: row.fence,
    workspaceId: row.workspace_id,
    recipeId: row.recipe_id,
    recipeName: row.recipe_name,
    recipeVersion: row.recipe_version,
    recipeState: {
      isStarted: row.recipe_status === 'started' && row.recipe_deleted_at === null,
      stoppedReason: row.stopped_reason,
    },
    program: await loadJobProgram(ctx, row),
    delegatorId: row.delegator_id,
    private: row.private,
    masked: row.masked,
    person: row.person_id && name !== null ? personOf(row, row.person_id, name) : null,
    origin: {
      surface: row.surface,
      address: openOptional(dataKey, jobPlace(id, 'address'), row.sealed_address) ?? {},
    },
    input: openOptional(dataKey, jobPlace(id, 'input'), row.sealed_input),
    createdAt: row.created_at,
    watched: row.watched,
    dataKey,
    resumed: row.fence !== FIRST_FENCE,
    waited: row.waited,
    limited: row.slots !== null,
    traceparent: row.traceparent,
  }
}

type Row = NonNullable<Awaited<ReturnType<typeof claimRow>>>

function claimRow(ctx: JobsContext, id: JobId) {
  const holderIsDead = sql<boolean>`not exists (
    select from worker_pools where process = jobs.holder
      and seen_at > now() - ${HOLDER_DEAD_AFTER_SECONDS} * interval '1 second')`
  // why: the bell rings by the database's clock, which may be ahead of ours; a bell that is not heeded is lost.
  const soon = new Date(ctx.clock().getTime() + 1000)
  return ctx.db
    .updateTable('jobs')
    .from('recipes')
    .set({
      status: 'running',
      fence: sql<string>`jobs.fence + 1`,
      holder: ctx.processId,
      started_at: sql<Date>`coalesce(jobs.started_at, ${ctx.clock()})`,
    })
    .where('jobs.id', '=', id)
    .where('jobs.held', '=', false)
    .whereRef('recipes.id', '=', 'jobs.recipe_id')
    .where((where) => where.or([where('not_before', 'is', null), where('not_before', '<=', soon)]))
    .where((where) =>
      where.or([
        where('jobs.status', '=', 'queued'),
        where.and([where('jobs.status', '=', 'running'), where(holderIsDead, '=', true)]),
      ]),
    )
    .returning([
      'jobs.fence',
      'jobs.workspace_id',
      'jobs.recipe_id',
      'jobs.recipe_version',
      'jobs.person_id',
      'jobs.surface',
      'jobs.sealed_address',
      'jobs.sealed_input',
      'jobs.data_key_id',
      'jobs.created_at',
      'jobs.watched',
      'jobs.waited',
      'jobs.slots',
      'jobs.functions',
      'jobs.delegator_id',
      'jobs.private',
      'jobs.masked',
      'jobs.traceparent',
      'recipes.name as recipe_name',
      'recipes.status as recipe_status',
      'recipes.deleted_at as recipe_deleted_at',
      'recipes.stopped_reason',
    ])
    .returning((from) => {
      const person = from.selectFrom('persons').whereRef('persons.id', '=', 'jobs.person_id')
      return [
        person.select('persons.name').as('person_name'),
        person.select('persons.email').as('person_email'),
        person.select('persons.kind').as('person_kind'),
        person.select('persons.role').as('person_role'),
        person.select('persons.status').as('person_status'),
        person.select('persons.created_at').as('person_created_at'),
      ]
    })
    .executeTakeFirst()
}

function personOf(row: Row, id: NonNullable<Row['person_id']>, name: string): Person {
  const { person_kind: kind, person_role: role, person_status: status, person_created_at: createdAt } = row
  if (!kind || !role || !status || !createdAt) throw new Bug(`person ${id} of a job is gone`)
  return { id, workspaceId: row.workspace_id, name, email: row.person_email, kind, role, status, createdAt }
}

/** The name of a function it may call that may not be called any more. */
async function findStoppedFunction(ctx: JobsContext, { program }: ClaimedJob): Promise<string | undefined> {
  const ids = [...program.functions.values()].map(({ id }) => id)
  if (ids.length === 0) return undefined
  const stopped = await ctx.db
    .selectFrom('recipes')
    .select('name')
    .where('id', 'in', ids)
    .where(({ or, eb }) => or([eb('status', '=', 'stopped'), eb('deleted_at', 'is not', null)]))
    .executeTakeFirst()
  return stopped?.name
}

const REMEMBERED_PROGRAMS = 2000

async function loadJobProgram(ctx: JobsContext, row: Row): Promise<Program> {
  const { recipe_id: id, recipe_name: name, recipe_version: version, functions } = row
  const key = `${id}/${version}/${JSON.stringify(functions)}`
  const remembered = ctx.programs.get(key)
  if (remembered) return remembered
  const main = { id, name, version, document: await loadRecipeVersion(ctx.db, id, version) }
  const program = await loadProgram(ctx.db, main, functions ?? {})
  if (ctx.programs.size >= REMEMBERED_PROGRAMS) ctx.programs.clear()
  ctx.programs.set(key, program)
  return program
}

/** Everything that may have changed since the job was recorded, checked again each time it goes on; why it may not, or nothing. */
export async function mayGoOn(ctx: JobsContext, job: ClaimedJob): Promise<JobEnd | undefined> {
  const { isStarted, stoppedReason } = job.recipeState
  if (!isStarted)
    return {
      status: 'failed',
      code: 'recipe_stopped',
      message: `“${job.recipeName}” was stopped meanwhile${stoppedReason ? `: ${stoppedReason}` : '.'}`,
    }
  const stopped = await findStoppedFunction(ctx, job)
  if (stopped)
    return {
      status: 'failed',
      code: 'function_stopped',
      message: `“${stopped}”, which it calls, was stopped meanwhile.`,
    }
  if (!job.person) return undefined
  if (job.person.status !== 'active')
    return {
      status: 'cancelled',
      code: 'person_deactivated',
      message: 'The person it was running for was deactivated.',
    }
  if (!hasPrivilege(actorOf(job.person), 'recipes.run') || !(await isSharedWithPerson(ctx, job, job.person)))
    return { status: 'failed', code: 'recipe_not_shared', message: `You may no longer run “${job.recipeName}”.` }
  return undefined
}

/** A function is shared with nobody: whoever may run what calls it may have it run, as a job of its own too. */
const isSharedWithPerson = async (ctx: JobsContext, { program, recipeId }: ClaimedJob, { id: personId }: Person) =>
  program.main.document.trigger.kind === 'function' || mayRun(ctx.db, { personId, recipeId })

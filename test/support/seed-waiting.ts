import { sql } from 'kysely'
import { type JobId, newId, type PersonId } from '../../src/core/ids.ts'
import type { JobsContext } from '../../src/jobs/context.ts'
import { jobPlace } from '../../src/jobs/seal-job-data.ts'

const BATCH = 2_000

/** Adds so many members to the workspace of a job, `person-0@acme.example` and on from `from`. */
export async function seedPersons(
  { db }: Pick<JobsContext, 'db'>,
  { like, count, from = 0 }: { like: JobId; count: number; from?: number },
): Promise<PersonId[]> {
  const ids = Array.from({ length: count }, () => newId('person'))
  for (const batch of batchesOf(ids.map((id, n) => ({ id, n: from + n }))))
    await sql`
      insert into persons (id, workspace_id, kind, role, name, email)
      select each.id, job.workspace_id, 'member', 'member', 'Person ' || each.n, 'person-' || each.n || '@acme.example'
      from jobs job, jsonb_to_recordset(${JSON.stringify(batch)}::jsonb) as each (id text, n int)
      where job.id = ${like}`.execute(db)
  return ids
}

/**
 * Makes these people wait as the person of a waiting job does, each with so many jobs: the rows that invoking it would write, with data
 * that opens, so that they run when they are let. `like` waits for one connection, and its recipe is one that all may run.
 */
export async function seedWaiting(
  ctx: Pick<JobsContext, 'db' | 'dataKeys'>,
  { like, persons, each: jobsEach }: { like: JobId; persons: PersonId[]; each: number },
): Promise<void> {
  const { db } = ctx
  const job = await db.selectFrom('jobs').selectAll().where('id', '=', like).executeTakeFirstOrThrow()
  const key = await ctx.dataKeys.load(job.data_key_id)
  const sealedAnew = (id: JobId, column: 'input' | 'address', sealed: Buffer | null): string | null =>
    sealed && `\\x${key.seal(jobPlace(id, column), key.open(jobPlace(like, column), sealed)).toString('hex')}`
  for (const batch of batchesOf(persons))
    await copyRows(ctx, 'connect_requests', {
      where: sql`person_id = ${job.person_id} and status = 'open'`,
      rows: batch.map((person_id) => ({ id: newId('connectRequest'), person_id })),
    })
  for (const batch of batchesOf(persons.flatMap((person) => Array<PersonId>(jobsEach).fill(person)))) {
    const jobs = batch.map((person_id) => ({ id: newId('job'), person_id }))
    await copyRows(ctx, 'jobs', {
      where: sql`id = ${like}`,
      rows: jobs.map((row) => ({
        ...row,
        sealed_input: sealedAnew(row.id, 'input', job.sealed_input),
        sealed_address: sealedAnew(row.id, 'address', job.sealed_address),
      })),
    })
    const where = sql`job_id = ${like}`
    await copyRows(ctx, 'waits', { where, rows: jobs.map(({ id }) => ({ job_id: id })) })
    await copyRows(ctx, 'connect_visits', {
      where,
      rows: jobs.map(({ id, person_id }) => ({ id: newId('connectVisit'), job_id: id, person_id, token_hash: null })),
    })
  }
}

/** Inserts a copy of the one row that is like this, for each of `rows` with its values in their place. */
async function copyRows(
  { db }: Pick<JobsContext, 'db'>,
  table: 'jobs' | 'waits' | 'connect_visits' | 'connect_requests',
  { where, rows }: { where: ReturnType<typeof sql>; rows: object[] },
): Promise<void> {
  await sql`
    insert into ${sql.table(table)} select copy.*
    from ${sql.table(table)} as model, jsonb_array_elements(${JSON.stringify(rows)}::jsonb) as each,
      jsonb_populate_record(model, each) as copy
    where model.ctid = (select ctid from ${sql.table(table)} where ${where} limit 1)`.execute(db)
}

function* batchesOf<T>(all: readonly T[]): Generator<T[]> {
  for (let at = 0; at < all.length; at += BATCH) yield all.slice(at, at + BATCH)
}

import { setTimeout as pause } from 'node:timers/promises'
import { Logger } from 'graphile-worker'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { unlockLost } from '../../src/jobs/liveness.ts'
import { keepPool, type WorkerPool } from '../../src/jobs/worker-pool.ts'
import { startTestBehalf, type TestBehalf } from '../support/behalf.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { until } from '../support/until.ts'

let database: TestDatabase
let behalf: TestBehalf
let pool: WorkerPool | undefined
const ran: string[] = []
const LONG_MS = 2000
const quiet = { debug() {}, info() {}, warn() {}, error() {} }

beforeAll(async () => {
  database = await testDatabase()
  // What PostgreSQL does when it is restarted at the wrong moment, as often as a test wants it.
  await sql`create table faults (id integer)`.execute(database.db)
  await sql`
    create function fail_once() returns trigger language plpgsql as $$ begin
      if exists (select from faults) then raise exception 'fault' using errcode = '57P01'; end if;
      return old;
    end $$`.execute(database.db)
  await sql`
    create trigger fail_once before delete on graphile_worker._private_jobs for each row execute function fail_once()`.execute(
    database.db,
  )
  behalf = await startTestBehalf()
})
afterAll(async () => {
  await pool?.stop()
  await database.drop()
  await behalf.stop()
})

const ring = (name: string) =>
  sql`select graphile_worker.add_job('say', json_build_object('name', ${name}::text))`.execute(database.db)
const left = async () => {
  const { rows } = await sql<{ name: string; free: boolean }>`
    select payload ->> 'name' as name, locked_by is null as free from graphile_worker._private_jobs order by id`.execute(
    database.db,
  )
  return rows
}

test('a pool that could not write down what it completed is followed by another at once, and what it had is handed out again', async () => {
  const taskList = {
    async say(payload: unknown) {
      const { name } = payload as { name: string }
      ran.push(name)
      await pause(name === 'long' ? LONG_MS : 300)
    },
  }
  const logger = new Logger(() => () => {})
  pool = await keepPool({ pool: database.pool, log: quiet, logger, taskList, concurrency: 3 })
  await sql`insert into faults values (1)`.execute(database.db)
  await ring('long')
  await ring('short')
  await until(() => ran.includes('short') && ran.includes('long'))
  const ids = [...pool.held().keys()]
  await until(async () => (pool?.held().size ?? 0) > ids.length)
  // While it ends what it runs the one after it runs others, and what it had locked stays its own.
  await sql`delete from faults`.execute(database.db)
  await ring('next')
  await until(() => ran.includes('next'))
  expect(ran.filter((name) => name === 'long')).toHaveLength(1)
  await until(async () => (await left()).length === 0)
  expect(ran.filter((name) => name === 'short')).toHaveLength(2)
  expect(ran.filter((name) => name === 'long')).toHaveLength(1)
  expect([...pool.held().keys()].filter((id) => ids.includes(id))).toEqual([])
})

/** Puts a row into the queue that a pool locked so long ago. Answers its id. */
async function lockRow(name: string, by: string, seconds: number): Promise<string> {
  const lock = { locked_by: by, since: sql`now() - ${seconds} * interval '1 second'`, queue: `of ${name}` }
  return behalf.database.db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ id: string }>`
      select id from graphile_worker.add_job('run_job', json_build_object('id', ${name}::text), queue_name => ${lock.queue})`.execute(
      tx,
    )
    const id = String(rows[0]?.id)
    await sql`
      update graphile_worker._private_jobs set locked_by = ${by}, locked_at = ${lock.since} where id = ${id}`.execute(
      tx,
    )
    await sql`
      update graphile_worker._private_job_queues set locked_by = ${by}, locked_at = ${lock.since} where queue_name = ${lock.queue}`.execute(
      tx,
    )
    return id
  })
}

test('what a pool fetched and never got is unlocked, and what it works at is left alone', async () => {
  const seen_at = sql<Date>`now() + interval '1 hour'`
  const alive = ['pool-a', 'pool-b'].map((id) => ({ id, process: 'another', seen_at }))
  await behalf.database.db.insertInto('worker_pools').values(alive).execute()
  await lockRow('lost', 'pool-a', 20)
  const atWork = await lockRow('at work', 'pool-a', 3600)
  await lockRow('just fetched', 'pool-a', 5)
  await lockRow('of another', 'pool-b', 20)
  await behalf.database.db.transaction().execute(async (tx) => {
    await unlockLost({ ...behalf.ctx, db: tx }, new Map([['pool-a', new Set([atWork])]]))
    const { rows } = await sql`
      select payload ->> 'id' as name from graphile_worker._private_jobs jobs
      join graphile_worker._private_job_queues queues on queues.id = jobs.job_queue_id
      where jobs.locked_at is null and queues.locked_at is null`.execute(tx)
    expect(rows).toEqual([{ name: 'lost' }])
  })
})

test('a running server looks for what its pools fetched and never got', async () => {
  const { db } = behalf.database
  const mine = await db
    .selectFrom('worker_pools')
    .select('id')
    .where('id', 'like', 'pool-%')
    .where('process', '=', behalf.ctx.processId)
    .execute()
  expect(mine.length).toBeGreaterThan(0)
  const ids = await Promise.all(mine.map(({ id }) => lockRow(`lost by ${id}`, id, 20)))
  const remaining = () => sql`select id from graphile_worker._private_jobs where id = any(${ids}::bigint[])`.execute(db)
  await until(async () => (await remaining()).rows.length === 0)
})

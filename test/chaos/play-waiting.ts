import { startProgram } from '../../bench/programs.ts'
import type { JobId, PersonId } from '../../src/core/ids.ts'
import { startTestBehalf, type TestBehalf } from '../support/behalf.ts'
import { connectByTrip } from '../support/fast-trip.ts'
import { createOne } from '../support/recipes.ts'
import { seedPersons, seedWaiting } from '../support/seed-waiting.ts'
import { until } from '../support/until.ts'

/** What came of many waiting jobs whose people connect. */
export interface Waited {
  jobs: number
  persons: number
  /** The callback of the one person whom half of them belong to. */
  answeredInMs: number
  /** How many of that person's jobs had yet to run when those of the next who connected had ended. */
  leftBehind: number
  seconds: number
  /** What went otherwise than promised, in words. */
  problems: string[]
}

const EACH = 100
const VACUUM_EVERY = 25

/**
 * Has so many jobs wait for one application: half are one person's, the others' are a hundred each. All connect once, one after another, and
 * the server is started anew when the first has. Ends when all jobs have ended.
 */
export async function playWaiting(jobs: number): Promise<Waited> {
  const crm = await startProgram('../bench/fast-crm.ts')
  const behalf = await startTestBehalf({
    otherHosts: [crm.url.host],
    consentPerRecipe: true,
    environment: { BEHALF_CONCURRENCY: '10' },
  })
  try {
    const like = await firstToWait(behalf, crm.url)
    const [first, ...others] = await seedPersons(behalf.ctx, { like, count: 1 + jobs / 2 / EACH })
    if (!first) throw new Error('nobody waits')
    await seedWaiting(behalf.ctx, { like, persons: [first], each: jobs / 2 })
    await seedWaiting(behalf.ctx, { like, persons: others, each: EACH })
    await behalf.database.pool.query('analyze')
    const began = performance.now()
    const answeredInMs = await connect(behalf, first)
    await behalf.restart()
    const leftBehind = await connectNext(behalf, others[0], first)
    for (const [index, person] of others.slice(1).entries()) {
      if (index % VACUUM_EVERY === 0) await vacuum(behalf)
      await connect(behalf, person)
    }
    await until(() => isOneLeft(behalf), 60_000 + jobs * 30, 1_000)
    const seconds = (performance.now() - began) / 1000
    const problems = await judge(behalf, { jobs, crm: crm.url })
    return { jobs, persons: 1 + others.length, answeredInMs, leftBehind, seconds, problems }
  } finally {
    await behalf.stop()
    await crm.stop()
  }
}

/** The one job that goes on waiting: all others are like it. */
async function firstToWait(behalf: TestBehalf, crm: URL): Promise<JobId> {
  const { owner } = behalf
  const made = await owner.api('POST', '/connections', {
    name: 'Salesforce',
    connector: 'salesforce',
    project_id: behalf.projectId,
    environment: 'PROD',
    settings: { environment: 'custom', custom_domain: crm.origin },
    client_id: 'behalf',
    client_secret: 'the-secret-of-the-chaos',
  })
  const connectionId = made.body.data.id
  const { body } = await owner.api('POST', `/connections/${connectionId}/connect`)
  await owner.browser.open(body.data.url)
  const document = { ...createOne({ connectionId, personal: true, command: 'wait' }), trigger: { kind: 'api' } }
  const recipe = await behalf.addRecipe(JSON.parse(JSON.stringify(document).replaceAll('{{ trigger.name }}', 'Acme')))
  const wanda = await behalf.addPerson('Wanda First')
  const { body: run } = await wanda.api('POST', `/recipes/${recipe}/run`, { input: {}, wait_seconds: 0 })
  if (run.data?.status !== 'waiting_for_connection') throw new Error(`no job waits: ${JSON.stringify(run)}`)
  return run.data.id
}

const connect = ({ ctx, url }: TestBehalf, personId: PersonId): Promise<number> =>
  connectByTrip(ctx, { personId, url, application: 'Salesforce' })

/** How many jobs of `first` are left when those of the next have ended. */
async function connectNext(behalf: TestBehalf, next: PersonId | undefined, first: PersonId): Promise<number> {
  if (!next) return 0
  await connect(behalf, next)
  await until(async () => (await countUnfinished(behalf, next)) === 0, 120_000)
  return countUnfinished(behalf, first)
}

/** As the server does by itself where people run it; tests' does not, and each look at the queue would pass by all that was ever in it. */
const vacuum = ({ database: { pool } }: TestBehalf) =>
  pool.query('vacuum (analyze) jobs, waits, job_steps, connect_requests, graphile_worker._private_jobs')

async function isOneLeft(behalf: TestBehalf): Promise<boolean> {
  await vacuum(behalf)
  const two = behalf.database.db.selectFrom('jobs').select('id').where('finished_at', 'is', null).limit(2)
  return (await two.execute()).length === 1
}

async function countUnfinished({ database: { db } }: TestBehalf, person?: PersonId): Promise<number> {
  const unfinished = db.selectFrom('jobs').where('finished_at', 'is', null)
  const those = person ? unfinished.where('person_id', '=', person) : unfinished
  const { count } = await those.select(db.fn.countAll<string>().as('count')).executeTakeFirstOrThrow()
  return Number(count)
}

/** Each ran its one step once, and nobody is asked for anything any more but the one who did not connect. */
async function judge({ database: { pool } }: TestBehalf, { jobs, crm }: { jobs: number; crm: URL }): Promise<string[]> {
  const count = async (sql: string): Promise<number> =>
    Number((await pool.query(`select count(*) from ${sql}`)).rows[0].count)
  const { records } = (await (await fetch(new URL('/records', crm))).json()) as { records: number }
  const counts = {
    'jobs that succeeded': [await count(`jobs where status = 'succeeded'`), jobs],
    'records at the application': [records, jobs],
    'jobs with one finished step': [
      await count(
        `(select job_id from job_steps where action is not null and status = 'succeeded' group by job_id having count(*) = 1) one`,
      ),
      jobs,
    ],
    'jobs that wait': [await count('waits'), 1],
    'requests that are open': [await count(`connect_requests where status = 'open'`), 1],
  }
  return Object.entries(counts).flatMap(([what, [is, expected]]) =>
    is === expected ? [] : [`${is} ${what}, not ${expected}`],
  )
}

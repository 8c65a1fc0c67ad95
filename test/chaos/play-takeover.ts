import { sql } from 'kysely'
import type { JobId } from '../../src/core/ids.ts'
import type { Db } from '../../src/database/db.ts'
import { startTestBehalf } from '../support/behalf.ts'
import { createByWebhook } from '../support/recipes.ts'
import { type ServerProcess, startServerProcess } from '../support/server-process.ts'
import { until } from '../support/until.ts'

/** What came of killing one of two processes with many jobs in flight. */
export interface Takeover {
  jobs: number
  succeeded: number
  /** Cut off in the middle of a create: whether it took effect is not known, and the job says so. */
  unknown: number
  /** Steps whose effect is at the application more than once. */
  repeated: number
  /** What went otherwise than promised, in words. */
  problems: string[]
  /** From the kill until the other process had begun the last job that the dead one held. */
  takenOverMs: number
  /** How many jobs the dead process ran, or had taken from the queue. */
  held: number
}

/** Starts two servers on one database, has so many webhooks come in, kills one server when a third has ended, and counts at the application. */
export async function playTakeover(jobs: number): Promise<Takeover> {
  const behalf = await startTestBehalf()
  try {
    const parent = await behalf.addCrmParent()
    await behalf.connectParent(parent)
    const document = createByWebhook(parent, 'takeover') as { steps: { name: string; input: object }[] }
    const [first] = document.steps
    const second = JSON.parse(
      JSON.stringify(first).replaceAll('{{ trigger.body.name }}', '{{ trigger.body.name }} again'),
    )
    document.steps.push({ ...second, name: 'second' })
    const id = await behalf.addRecipe(document)
    const hook = new URL((await behalf.owner.api('POST', `/recipes/${id}/webhook`)).body.data.url)
    await behalf.stopServer()
    const settings = { ...behalf.settings, DATABASE_URL: behalf.database.connectionString, BEHALF_CONCURRENCY: '10' }
    const victim = await startServerProcess({ ...settings, PORT: '0' })
    const [{ process } = { process: '' }] = await behalf.database.db
      .selectFrom('worker_pools')
      .select('process')
      .execute()
    const survivor = await startServerProcess({ ...settings, PORT: '0' })
    return await play({ behalf, victim: { ...victim, name: process }, survivor, hook, jobs })
  } finally {
    await behalf.stop()
  }
}

interface Play {
  behalf: Awaited<ReturnType<typeof startTestBehalf>>
  /** With its name among the processes on record. */
  victim: ServerProcess & { name: string }
  survivor: ServerProcess
  hook: URL
  jobs: number
}

async function play({ behalf, victim, survivor, hook, jobs }: Play): Promise<Takeover> {
  const { db } = behalf.database
  try {
    // why: at an application that answers at once no job would be found in the middle.
    behalf.crm.setDelayMs(100)
    const names = Array.from({ length: jobs }, (_, index) => `T${index}x`)
    for (const [index, name] of names.entries()) await send(index % 2 ? victim : survivor, hook, name)
    const held = await until(async () => {
      const holding = await heldBy(db, victim.name)
      return (await countEnded(db)) >= jobs / 3 && holding.length > 1 ? holding : undefined
    }, 120_000)
    await victim.kill()
    const killedAt = Date.now()
    await until(async () => (await countLeft(db, victim.name, held)) === 0, 120_000)
    const takenOverMs = Date.now() - killedAt
    await until(async () => (await countEnded(db)) === jobs, 60_000 + jobs * 200)
    return { ...(await judge(behalf, names)), jobs, held: held.length, takenOverMs }
  } finally {
    await survivor.kill()
  }
}

/** The jobs that a process runs, or has taken from the queue to run next. */
async function heldBy(db: Db, process: string): Promise<JobId[]> {
  const { rows } = await sql<{ id: JobId }>`
    select id from jobs where status = 'running' and holder = ${process}
    union
    select payload ->> 'id' from graphile_worker._private_jobs
    where locked_by in (select id from worker_pools where process = ${process})`.execute(db)
  return rows.map(({ id }) => id)
}

/** How many of these jobs no other process has begun yet. */
async function countLeft(db: Db, process: string, ids: JobId[]): Promise<number> {
  const { rows } = await sql`
    select from jobs where id = any(${ids}::text[])
      and (status = 'queued' or (status = 'running' and holder = ${process}))`.execute(db)
  return rows.length
}

async function send(server: ServerProcess, hook: URL, name: string): Promise<void> {
  const url = new URL(hook.pathname, server.url)
  const headers = { 'content-type': 'application/json', host: hook.host }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ name }) })
  if (response.status !== 202)
    throw new Error(`the webhook was answered with ${response.status}: ${await response.text()}`)
}

async function countEnded(db: Db): Promise<number> {
  const ended = db.selectFrom('jobs').select(db.fn.countAll<string>().as('count')).where('finished_at', 'is not', null)
  return Number((await ended.executeTakeFirstOrThrow()).count)
}

/** Every job against what the application has: a finished step is there once, and nothing is there twice. */
async function judge(
  behalf: Play['behalf'],
  names: string[],
): Promise<Pick<Takeover, 'succeeded' | 'unknown' | 'repeated' | 'problems'>> {
  const rows = await behalf.database.db
    .selectFrom('jobs')
    .select(['id', 'status', 'error_code'])
    .where('finished_at', 'is not', null)
    .execute()
  const steps = await behalf.database.db
    .selectFrom('job_steps')
    .select(['job_id', 'step', 'status'])
    .where('status', '=', 'succeeded')
    .execute()
  const times = new Map<string, number>()
  for (const { name } of behalf.crm.opportunities()) times.set(name, (times.get(name) ?? 0) + 1)
  const repeated = names.flatMap((each) => [each, `${each} again`]).filter((name) => (times.get(name) ?? 0) > 1)
  const problems = repeated.map((name) => `${name} was made ${times.get(name)} times`)
  for (const { id, status, error_code } of rows)
    if (status !== 'succeeded' && error_code !== 'outcome_unknown')
      problems.push(`job ${id} is ${status}: ${error_code}`)
  const made = [...times].filter(([name]) => name.startsWith('T')).length
  const done = steps.filter(({ step }) => step === 'first' || step === 'second').length
  const unknown = rows.filter(({ status }) => status === 'failed').length
  if (made < done || made > done + unknown)
    problems.push(`${made} records were made by ${done} finished steps and ${unknown} whose outcome is unknown`)
  const succeeded = rows.filter(({ status }) => status === 'succeeded').length
  return { succeeded, unknown, repeated: repeated.length, problems }
}

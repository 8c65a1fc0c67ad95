import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import type { PersonId } from '../src/core/ids.ts'
import { newId } from '../src/core/ids.ts'
import { createPerson } from '../src/people/persons.ts'
import { startSession } from '../src/people/sessions.ts'
import { connectByTrip } from '../test/support/fast-trip.ts'
import { seedPersons, seedWaiting } from '../test/support/seed-waiting.ts'
import { type Figures, figuresOf } from './load.ts'
import { cpuOfTree, memoryOfTree } from './process-cpu.ts'
import type { BenchRecipe, Owner } from './set-up.ts'
import type { Town } from './town.ts'
import { wireBeside } from './wire-beside.ts'

/** What so many waiting jobs cost. */
export interface WaitingFigures {
  waiting: number
  /** While nothing happens, in milliseconds of CPU a second and bytes; null where the system does not tell. */
  idle: { behalf: Idle; postgres: Idle }
  /** The callback's answers, one person after another. */
  callback: Figures
}

interface Idle {
  cpuMsPerSecond: number | null
  bytes: number | null
}

interface Measuring {
  /** Waiting jobs in all, each with its own person, in each round. */
  sizes: number[]
  idleSeconds: number
  /** People who connect in each round. */
  connecting: number
}

type Ctx = Awaited<ReturnType<typeof wireBeside>>['ctx']

/**
 * Nothing happens for a while, then people connect; without other waiting jobs, and then with many, of other people, who wait for the same
 * application.
 */
export async function measureWaiting(
  town: Town,
  owner: BenchRecipe & Owner,
  { sizes, idleSeconds, connecting }: Measuring,
): Promise<WaitingFigures[]> {
  const { ctx, stop } = await wireBeside(town)
  try {
    const recipeId = await startAsking(owner)
    const like = await firstToWait(town, ctx, owner, recipeId)
    const figures: WaitingFigures[] = []
    let from = 0
    const addPeople = async (count: number): Promise<PersonId[]> => {
      const persons = await seedPersons(ctx, { like, count, from })
      await seedWaiting(ctx, { like, persons, each: 1 })
      from += count
      return persons
    }
    await measureCallbacks(town, ctx, await addPeople(WARMING_UP))
    for (const [round, size] of sizes.entries()) {
      await addPeople(size - (sizes[round - 1] ?? 0))
      await tidyUp(town)
      const idle = await measureIdle(town, idleSeconds)
      const persons = await addPeople(connecting)
      figures.push({ waiting: size, idle, callback: await measureCallbacks(town, ctx, persons) })
    }
    return figures
  } finally {
    await stop()
  }
}

/** People who connect before anything is measured. */
const WARMING_UP = 20

/** A recipe that acts as the person who runs it. */
async function startAsking({ api, place, connectionId }: BenchRecipe & Owner): Promise<string> {
  const crm = { connector: 'salesforce', connection_id: connectionId, personal: true }
  const input = { type: 'Opportunity', fields: { Name: 'Acme 2027' } }
  const document = {
    name: 'Create opportunity as me',
    trigger: { kind: 'api' },
    connections: { crm },
    steps: [{ kind: 'action', name: 'create', connection: 'crm', action: 'create_record', input }],
  }
  const { id } = await api('POST', 'recipes', { ...place, document })
  await api('PUT', `recipes/${id}/runners`, { everyone: true })
  await api('POST', `recipes/${id}/start`)
  return id
}

/** A job that waits for its person, by the way of all jobs. */
async function firstToWait(town: Town, { db }: Ctx, owner: Owner, recipeId: string) {
  const { id: workspaceId } = await db.selectFrom('workspaces').select('id').executeTakeFirstOrThrow()
  const wanted = { workspaceId, kind: 'member', role: 'member', name: 'Wanda First', now: new Date() } as const
  const { id: personId } = await createPerson(db, { ...wanted, email: `${newId('person')}@acme.example` })
  const { token } = await startSession(db, { personId, userAgent: 'bench', now: new Date() })
  const response = await fetch(new URL(`/api/recipes/${recipeId}/run`, town.behalf.url), {
    method: 'POST',
    headers: {
      cookie: `${owner.cookie.split('=')[0]}=${token}`,
      origin: town.behalf.url.origin,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ input: {}, wait_seconds: 0 }),
  })
  const { data } = await response.json()
  if (data?.status !== 'waiting_for_connection') throw new Error(`no job waits: ${JSON.stringify(data)}`)
  return data.id
}

/** What PostgreSQL would do by itself by and by, so that it does not do it in the middle of a measurement. */
async function tidyUp({ connectionString }: Town): Promise<void> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    await client.query('vacuum analyze')
  } finally {
    await client.end()
  }
}

const SETTLE_MS = 3_000

async function measureIdle({ behalf, postmaster }: Town, seconds: number): Promise<WaitingFigures['idle']> {
  await pause(SETTLE_MS)
  const pids = [behalf.process.pid ?? 0, postmaster]
  const before = await Promise.all(pids.map(cpuOfTree))
  await pause(seconds * 1000)
  const [ofBehalf, ofPostgres] = await Promise.all(
    pids.map(async (pid, i): Promise<Idle> => {
      const [from, to] = [before[i] ?? null, await cpuOfTree(pid)]
      const cpuMsPerSecond = from === null || to === null ? null : (to - from) / seconds
      return { cpuMsPerSecond, bytes: await memoryOfTree(pid) }
    }),
  )
  return { behalf: ofBehalf as Idle, postgres: ofPostgres as Idle }
}

async function measureCallbacks({ behalf: { url } }: Town, ctx: Ctx, persons: PersonId[]): Promise<Figures> {
  const latencies: number[] = []
  for (const personId of persons) latencies.push(await connectByTrip(ctx, { personId, url, application: 'Salesforce' }))
  const seconds = latencies.reduce((sum, ms) => sum + ms, 0) / 1000
  return figuresOf({ seconds, latencies: latencies.sort((a, b) => a - b) })
}

import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { type Figures, figuresOf, makePoster, runRound } from './load.ts'
import type { Town } from './town.ts'

/** What this machine does at best, so that Behalf's figures can be read as shares of it. */
export interface Baselines {
  /** The action's HTTP call alone, straight from the bench to the CRM. */
  call: Figures
  /** One durable commit of a row of the size of a job's. */
  commit: Figures
}

export async function measureBaselines(town: Town, concurrency: number, seconds: number): Promise<Baselines> {
  return {
    call: await measureCall(town, concurrency, seconds),
    commit: await measureCommit(town, concurrency, seconds),
  }
}

async function measureCall({ crm }: Town, concurrency: number, seconds: number): Promise<Figures> {
  const authorization = await newToken(crm.url)
  const poster = makePoster(new URL('/services/data/v62.0/sobjects/Opportunity', crm.url), { authorization })
  try {
    return figuresOf(await runRound(concurrency, seconds, () => poster.post({ Name: 'Acme 2027', Amount: 1200 })))
  } finally {
    await poster.close()
  }
}

/** An access token of its own, as a header. */
export async function newToken(crm: URL): Promise<string> {
  const form = new URLSearchParams({ grant_type: 'refresh_token' })
  const response = await fetch(new URL('/services/oauth2/token', crm), { method: 'POST', body: form })
  const { access_token } = (await response.json()) as { access_token: string }
  return `Bearer ${access_token}`
}

async function measureCommit({ connectionString }: Town, concurrency: number, seconds: number): Promise<Figures> {
  const pool = new pg.Pool({ connectionString, max: concurrency })
  const body = randomBytes(600)
  try {
    await pool.query(
      'create table if not exists bench_commits (id bigint generated always as identity primary key, body bytea)',
    )
    const insert = { name: 'insert', text: 'insert into bench_commits (body) values ($1)', values: [body] }
    const round = await runRound(concurrency, seconds, () => pool.query(insert))
    await pool.query('drop table bench_commits')
    return figuresOf(round)
  } finally {
    await pool.end()
  }
}

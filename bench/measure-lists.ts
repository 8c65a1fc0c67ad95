import { Pool } from 'undici'
import { type Figures, figuresOf } from './load.ts'
import { PARENTS, seedChildren } from './seed-children.ts'
import type { Owner } from './set-up.ts'
import type { Town } from './town.ts'

/** One way to ask for the list of runtime user connections, at each number of them. */
export interface ListFigures {
  name: string
  bySize: Figures[]
}

export interface ListsMeasured {
  sizes: number[]
  lists: ListFigures[]
}

/** Asks the API for one page in every way there is, one at a time, among so many children and then among more. */
export async function measureLists(
  town: Town,
  owner: Owner,
  { sizes, times }: { sizes: number[]; times: number },
): Promise<ListsMeasured> {
  const lists: ListFigures[] = WAYS.map(([name]) => ({ name, bySize: [] }))
  for (const [i, size] of sizes.entries()) {
    await seedChildren(town.connectionString, { from: sizes[i - 1] ?? 0, to: size })
    const get = makeGetter(town.behalf.url, owner.cookie)
    for (const [way, [, queryOf]] of WAYS.entries())
      lists[way]?.bySize.push(await measure(times, (n) => get(queryOf((n * 7919) % size))))
    await get.close()
  }
  return { sizes, lists }
}

/** What is asked for; `n` is the number of some child, so that no two pages in a row are the same. */
const WAYS: [name: string, queryOf: (n: number) => string][] = [
  ['all, the newest first', () => ''],
  ['all, the oldest first', () => 'order=asc'],
  ['all, last used first', () => 'sort=last_used'],
  ['all, unused first', () => 'sort=last_used&order=asc'],
  ['application, of nearly all', () => 'connector=salesforce'],
  ['application, of 1 in 2,000', () => 'connector=http'],
  ['application, last used first', () => 'connector=github&sort=last_used'],
  ['parent', (n) => `parent_id=con_benchparent${n % PARENTS}`],
  ['parent, last used first', (n) => `parent_id=con_benchparent${n % PARENTS}&sort=last_used`],
  ['person', (n) => `person_id=per_bench${String(Math.floor(n / 4)).padStart(8, '0')}`],
  ['project', (n) => `project_id=prj_bench${n % 5}`],
  ['environment, of 1 in 2,000', () => 'environment=DEV'],
  ['surface, of 1 in 1,000', () => 'surface=teams'],
  ['surface, of 1 in 1,000, last used first', () => 'surface=teams&sort=last_used'],
  ['surface, of none', () => 'surface=nowhere'],
  ['status, of 3 in 100', () => 'status=lost'],
  ['status, of 1 in 1,000', () => 'status=orphaned'],
  ['members', () => 'person_kind=member'],
  ['service persons', () => 'person_kind=service'],
  ['revocation failed', () => 'revocation=failed'],
  ['revocation done', () => 'revocation=revoked'],
  ['made in one week', () => `created_after=${daysAgo(400)}&created_before=${daysAgo(393)}`],
  ['used in the last week', () => `used_after=${daysAgo(7)}`],
  ['not used for a year, unused first', () => `used_before=${daysAgo(365)}&sort=last_used&order=asc`],
  ['search, a word that all have', () => 'q=acme'],
  ['search, a word that 1 in 50 has', () => 'q=partner'],
  ['search, a word that 1 in 50 has, last used first', () => 'q=partner&sort=last_used'],
  ['search, a beginning of a name', (n) => `q=${'badekaLomi'.slice((n % 4) * 2, (n % 4) * 2 + 2)}`],
  ['search, three words', () => 'q=baba%20acme%20parent'],
  ['search, an e-mail', (n) => `q=${Math.floor(n / 4)}@acme.example`],
  ['search, of none', () => 'q=nobody%20at%20all'],
  ['search, status and application', () => 'q=acme&status=lost&connector=github'],
]

const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10)

async function measure(times: number, once: (n: number) => Promise<unknown>): Promise<Figures> {
  for (let n = 0; n < 5; n++) await once(n)
  const latencies: number[] = []
  for (let n = 0; n < times; n++) {
    const start = performance.now()
    await once(n)
    latencies.push(performance.now() - start)
  }
  const seconds = latencies.reduce((sum, ms) => sum + ms, 0) / 1000
  return figuresOf({ seconds, latencies: latencies.sort((a, b) => a - b) })
}

function makeGetter(url: URL, cookie: string) {
  const pool = new Pool(url.origin, { connections: 1, pipelining: 1 })
  const get = async (query: string): Promise<unknown> => {
    const path = `/api/connections/runtime_user_connections?${query}`
    const { statusCode, body } = await pool.request({ path, method: 'GET', headers: { cookie } })
    const text = await body.text()
    if (statusCode !== 200) throw new Error(`${path} was answered with ${statusCode}: ${text}`)
    return JSON.parse(text)
  }
  return Object.assign(get, { close: () => pool.close() })
}

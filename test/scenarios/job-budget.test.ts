import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { countStatements, type StatementCount } from '../../bench/count-statements.ts'
import type { ConnectionId } from '../../src/core/ids.ts'
import { startTestBehalf, type TestBehalf } from '../support/behalf.ts'
import { createByWebhook } from '../support/recipes.ts'

const counter = countStatements()
let behalf: TestBehalf
let parent: ConnectionId

beforeAll(async () => {
  behalf = await startTestBehalf()
  parent = await behalf.addCrmParent()
  await behalf.connectParent(parent)
})
afterAll(() => behalf.stop())

/** Of a recipe with one action, where its jobs are started. */
async function addressOf(name: string, afterCrash: object): Promise<string> {
  const trigger = { kind: 'webhook', respond: 'when_done' }
  const id = await behalf.addRecipe({ ...createByWebhook(parent, name, afterCrash), trigger })
  return (await behalf.owner.api('POST', `/recipes/${id}/webhook`)).body.data.url
}

async function runJob(address: string): Promise<void> {
  const response = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Acme' }),
  })
  const { data } = (await response.json()) as { data: { status: string } }
  expect(data.status).toBe('succeeded')
}

const JOBS = 20

/** Whole statements of one job. What runs beside the jobs, such as signs of life, does not come up to one for each. */
async function countJob(address: string): Promise<StatementCount[]> {
  counter.start()
  for (let i = 0; i < JOBS; i++) await runJob(address)
  return counter
    .stop()
    .map(({ statement, count }) => ({ statement, count: Math.floor(count / JOBS) }))
    .filter(({ count }) => count > 0)
}

const sum = (counts: StatementCount[]): number => counts.reduce((total, { count }) => total + count, 0)

/** A statement of its own commits by itself, if it writes. */
const commitsOf = (counts: StatementCount[]): number =>
  sum(counts.filter(({ statement }) => /\b(insert into|update|delete from|add_job)\b|^commit/i.test(statement)))

/** That row of the table in docs/performance.md. */
function documentedBudget(job: string): { statements: number; commits: number } {
  const page = readFileSync(new URL('../../docs/performance.md', import.meta.url), 'utf8')
  const [, statements, commits] = new RegExp(`^\\| ${job}[^|]* \\| (\\d+) \\| (\\d+) \\|$`, 'm').exec(page) ?? []
  return { statements: Number(statements), commits: Number(commits) }
}

test.each([
  ['webhook, one action that must not repeat', {}],
  ['webhook, one action that may repeat', { after_crash: 'run_again' }],
])(
  'a warm job costs the statements and commits that docs/performance.md says, and no more: %s',
  async (job, afterCrash) => {
    const address = await addressOf(job, afterCrash)
    await runJob(address)
    await runJob(address)
    const budget = documentedBudget(job)
    // A machine that is very slow just now lets a background statement seem to be of the job; not three times.
    let counted = await countJob(address)
    for (let i = 0; i < 2 && sum(counted) > budget.statements; i++) counted = await countJob(address)
    expect({ statements: sum(counted), commits: commitsOf(counted) }, JSON.stringify(counted, null, 1)).toEqual(budget)
  },
)

import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startCrm } from '../../demo/crm/start-crm.ts'
import type { JobId, RecipeId } from '../../src/core/ids.ts'
import { type Balancer, startBalancer } from '../support/balancer.ts'
import { CLIENT, connectAt, startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { makeNextVersion, type NextVersion } from '../support/next-version.ts'
import { npmStart, type StartedProcess } from '../support/npm-start.ts'
import { crmConnection } from '../support/recipes.ts'
import { until } from '../support/until.ts'

/** The log's level. */
const ERROR = 50

let behalf: TestBehalf
let alice: TestPerson
let next: NextVersion
let balancer: Balancer
let settings: Record<string, string>
const processes: StartedProcess[] = []

beforeAll(async () => {
  const clients = [{ ...CLIENT, client_name: 'Behalf', redirect_uris: [] }]
  const crm = await startCrm({ clients, delayMs: 300 })
  next = await makeNextVersion()
  behalf = await startTestBehalf({ crm, environment: { BEHALF_ROLE: 'web', BEHALF_CONCURRENCY: '4' } })
  alice = await behalf.addPerson('Alice Ng')
  settings = { ...behalf.settings, BEHALF_ROLE: 'all', PUBLIC_URL: behalf.url.origin }
}, 60_000)

afterAll(async () => {
  for (const process of processes) await process.kill()
  await balancer?.stop()
  await behalf?.stop()
  await next?.remove()
})

/** Starts a process of this version, or of another, which the balancer knows from then on. */
async function join(main?: string): Promise<StartedProcess> {
  const started = await npmStart(settings, { main })
  processes.push(started)
  balancer.ports.push(started.port)
  return started
}

/** Drains a process; the balancer is told only afterwards, as one that looks for itself would notice late. */
async function leave({ drain, port }: StartedProcess): Promise<void> {
  expect(await drain()).toBe(0)
  balancer.ports = balancer.ports.filter((each) => each !== port)
}

/** Sends what is asked meanwhile to this process alone. */
async function only<T>({ port }: StartedProcess, work: () => Promise<T>): Promise<T> {
  const { ports } = balancer
  balancer.ports = [port]
  try {
    return await work()
  } finally {
    balancer.ports = ports
  }
}

const create = (name: string) => ({
  kind: 'action',
  name: 'make',
  connection: 'crm',
  action: 'create_record',
  input: { type: 'Opportunity', fields: { Name: name, StageName: 'Prospecting', CloseDate: '2027-01-31' } },
})
const inLoop = (...steps: object[]) => [{ kind: 'for_each', name: 'each', items: [1, 2], steps }]
const ask = { kind: 'ask', name: 'sure', text: 'Sure?', choices: [{ label: 'Yes', value: 'yes' }] }
const IN_LOOP = '{{ trigger.name }} {{ loops.each.item }}'

function recipe(name: string, connection: string, personal: boolean, steps: object[]): object {
  const trigger = { kind: 'api', parameters: [{ name: 'name', type: 'text' }] }
  return { name, trigger, connections: crmConnection(connection, personal), steps }
}

async function run(id: RecipeId, name: string, wait_seconds = 0): Promise<JobId> {
  const { status, body } = await alice.api('POST', `/recipes/${id}/run`, { input: { name }, wait_seconds })
  expect([status, body]).toEqual([expect.toBeOneOf([200, 202]), expect.anything()])
  return body.data.id
}

const jobsIn = async (status: string, ids: JobId[]) => {
  const { rows } = await behalf.database.pool.query('select from jobs where status = $1 and id = any($2)', [
    status,
    ids,
  ])
  return rows.length
}

const inStatus = (status: string, ids: JobId[]) => until(async () => (await jobsIn(status, ids)) === ids.length, 90_000)

async function answer(id: JobId): Promise<void> {
  await until(async () => {
    const { question } = (await alice.api('GET', `/jobs/${id}`)).body.data
    return (await alice.api('POST', `/jobs/${id}/answer`, { step: question.step, choice: 'yes' })).status === 204
  }, 90_000)
}

const made = (start: string) =>
  behalf.crm
    .opportunities()
    .map(({ name }) => name)
    .filter((name) => name.startsWith(start))
    .sort()

const each = (name: string, count: number) =>
  Array.from({ length: count }, (_, i) => [`${name} ${i} 1`, `${name} ${i} 2`]).flat()

test('one version goes and another comes, and back, while people work: every job ends, and nothing is done twice', async () => {
  const shared = await behalf.addCrmParent('Shared')
  await behalf.connectParent(shared)
  const own = await behalf.addCrmParent('Own')
  const loop = await behalf.addRecipe(recipe('Loop', shared, false, inLoop(create(IN_LOOP))))
  const asking = await behalf.addRecipe(recipe('Asking', shared, false, inLoop(create(IN_LOOP), ask)))
  const personal = await behalf.addRecipe(recipe('Personal', own, true, inLoop(create(IN_LOOP))))
  await behalf.stopServer()
  balancer = await startBalancer(Number(behalf.url.port))

  const older = [await join(), await join()]
  const asked = await Promise.all([0, 1, 2].map((n) => run(asking, `Asked ${n}`)))
  const waiting = await Promise.all([0, 1].map((n) => run(personal, `Waited ${n}`)))
  await Promise.all([inStatus('waiting_for_answer', asked), inStatus('waiting_for_connection', waiting)])

  const posted: JobId[] = []
  let isPosting = true
  const post = async (): Promise<void> => {
    while (isPosting) {
      const name = `Posted ${posted.length}`
      posted.push('job_not_yet')
      posted[Number(name.split(' ')[1])] = await run(loop, name, posted.length % 2 ? 20 : 0)
      await pause(100)
    }
  }
  const posting = Promise.all([post(), post(), post()])
  await until(() => posted.length > 6)

  const newer = await join(next.main)
  await Promise.all(asked.map(answer))
  const newKind = await only(newer, () =>
    behalf.addRecipe(
      recipe('New kind', shared, false, [{ kind: 'next', name: 'new' }, ...inLoop(create(IN_LOOP), ask)]),
    ),
  )
  for (const each of older) await leave(each)
  const far = posted.length + 6
  await until(() => posted.length > far)
  isPosting = false
  await posting
  expect(balancer.faults).toEqual([])
  await inStatus('succeeded', posted)
  expect(made('Posted')).toEqual(each('Posted', posted.length).sort())

  await Promise.all(asked.map(answer))
  await inStatus('succeeded', asked)
  expect(made('Asked')).toEqual(each('Asked', 3))
  const { body } = await alice.api('POST', `/me/connections/${own}/connect`)
  await connectAt(alice, body.data.url, 'Alice Ng')
  await inStatus('succeeded', waiting)
  expect(made('Waited')).toEqual(each('Waited', 2))

  // And back: what the newer one began, an older one ends; what only the newer one knows waits for it.
  const begun = await run(asking, 'Begun 0')
  const unknown = await run(newKind, 'Unknown 0')
  await inStatus('waiting_for_answer', [begun, unknown])
  const again = await join()
  await leave(newer)
  await Promise.all([answer(begun), answer(unknown)])
  await answer(begun)
  await inStatus('succeeded', [begun])
  await until(() => again.log.some(({ msg }) => msg === 'a job needs a newer Behalf, and is left to one'))
  const refused = await alice.api('POST', `/recipes/${newKind}/run`, { input: { name: 'Refused' } })
  expect([refused.status, refused.body.error.code]).toEqual([502, 'recipe_newer'])
  await join(next.main)
  await leave(again)
  await answer(unknown)
  await inStatus('succeeded', [unknown])
  expect(made('Begun')).toEqual(each('Begun', 1))
  expect(made('Unknown')).toEqual(each('Unknown', 1))
  expect(balancer.faults).toEqual([`POST /api/recipes/${newKind}/run: 502`])
  expect(processes.flatMap(({ log }) => log.filter(({ level }) => level >= ERROR))).toEqual([])
}, 290_000)

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { ConnectionId } from '../../src/core/ids.ts'
import { startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { holdAnswer } from '../support/hold-answer.ts'
import { crmConnection } from '../support/recipes.ts'
import { jobEnded, startJob } from '../support/run.ts'
import { until } from '../support/until.ts'

// Nobody listens there.
const CLOSED = '127.0.0.1:1'

let behalf: TestBehalf
let alice: TestPerson
let parent: ConnectionId
let egress: TestBehalf['ctx']['egress']

beforeAll(async () => {
  behalf = await startTestBehalf({ otherHosts: [CLOSED] })
  alice = await behalf.addPerson('Alice Ng')
  parent = await behalf.addCrmParent()
  await behalf.connectParent(parent)
  egress = behalf.ctx.egress
})
afterAll(() => behalf.stop())
beforeEach(() => {
  behalf.ctx.egress = egress
})

const create = (name: string, more: object = {}) => {
  const input = { type: 'Opportunity', fields: { Name: name, StageName: 'Prospecting', CloseDate: '2027-01-31' } }
  return { kind: 'action', name: 'make', connection: 'crm', action: 'create_record', input, ...more }
}
const add = (name: string, steps: object[]) =>
  behalf.addRecipe({ name, trigger: { kind: 'api' }, connections: crmConnection(parent, false), steps })

/** What comes of a recipe that makes one opportunity, and tries again twice. */
async function runTried(name: string, more: object = {}) {
  const handle = { kind: 'reply', name: 'handled', text: '', output: { code: '{{ error.code }}' } }
  const attempt = { kind: 'handle_errors', name: 'attempt', retries: 2, interval_seconds: 1 }
  const id = await add(name, [{ ...attempt, steps: [create(name, more)], on_error: [handle] }])
  const job = await jobEnded(alice, await startJob(alice, id, {}))
  const tries = job.steps.filter(({ step }: { step: string }) => step.endsWith('.make'))
  return { code: job.result?.value.output?.code ?? null, tries: tries.length, made: madeOf(name), first: tries[0] }
}

const madeOf = (name: string) => behalf.crm.opportunities().filter((each) => each.name === name).length

test('a request that was sent and not answered is not tried again: its outcome is unknown, and the error is handled as that', async () => {
  behalf.crm.dropNextResponse()
  const dropped = await runTried('Dropped')
  expect(dropped).toMatchObject({ code: 'outcome_unknown', tries: 1, made: 1 })
  expect(dropped.first.error.value).toMatch(/^127.*could not be reached.*not known whether it took effect/)
})

test('neither is one whose answer cannot be read', async () => {
  behalf.ctx.egress = async (request) => {
    const answer = await egress(request)
    return request.method === 'POST' ? { ...answer, body: 'Made.' } : answer
  }
  expect(await runTried('Unreadable')).toMatchObject({ code: 'outcome_unknown', tries: 1, made: 1 })
  behalf.ctx.egress = async (request) => {
    const answer = await egress(request)
    return request.method === 'POST' ? { ...answer, body: '{"made":1}' } : answer
  }
  expect(await runTried('Not as expected')).toMatchObject({ code: 'outcome_unknown', tries: 1, made: 1 })
})

test('it is tried again where the step says that it may run again', async () => {
  behalf.crm.dropNextResponse()
  expect(await runTried('Twice', { after_crash: 'run_again' })).toMatchObject({ code: null, tries: 1, made: 2 })
})

test('an error that was answered is tried again as the recipe says, and so is a request that nobody took', async () => {
  behalf.crm.failNext(2, 503)
  expect(await runTried('Busy')).toMatchObject({ code: null, tries: 3, made: 1 })
  let refused = 0
  behalf.ctx.egress = (request) => {
    const url = request.method === 'POST' && refused++ === 0 ? new URL(`http://${CLOSED}/`) : request.url
    return egress({ ...request, url })
  }
  expect(await runTried('Refused')).toMatchObject({ code: null, tries: 2, made: 1 })
})

test('of a job that is cancelled in the middle of an action the history says that its outcome is unknown', async () => {
  const held = holdAnswer(behalf.ctx, ({ method }) => method === 'POST')
  const steps = [{ kind: 'for_each', name: 'each', items: [1, 2], steps: [create('Cancelled')] }]
  const job = await startJob(alice, await add('Cancelled', steps), {})
  await held.arrived
  expect((await alice.api('POST', `/jobs/${job}/cancel`)).status).toBe(204)
  held.release()
  await until(() => behalf.ctx.running.size === 0)
  const { body } = await alice.api('GET', `/jobs/${job}`)
  expect(body.data).toMatchObject({ status: 'cancelled', error_code: 'cancelled' })
  const shown = { finished_at: expect.any(String), input: expect.anything() }
  expect(body.data.steps).toMatchObject([
    { step: 'each', status: 'interrupted', error_code: null, ...shown },
    { step: 'each[0].make', status: 'failed', error_code: 'outcome_unknown', ...shown },
  ])
})

test('a loop that is stopped within has ended', async () => {
  const stop = { kind: 'stop', name: 'enough', outcome: 'succeeded', message: 'Enough.' }
  const steps = [{ kind: 'for_each', name: 'each', items: [1, 2], steps: [stop] }]
  const job = await jobEnded(alice, await startJob(alice, await add('Stopped', steps), {}))
  expect(job.steps).toMatchObject([
    { step: 'each', status: 'interrupted', finished_at: expect.any(String) },
    { step: 'each[0].enough', status: 'succeeded' },
  ])
})

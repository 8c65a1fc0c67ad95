import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConnectionId, JobId } from '../../src/core/ids.ts'
import { connectAt, createOpportunity, startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { hopsOf, type OtlpReceiver, startOtlpReceiver } from '../support/otlp-receiver.ts'
import { createByWebhook } from '../support/recipes.ts'
import { jobEnded, jobIn, startJob } from '../support/run.ts'
import { until } from '../support/until.ts'

let collector: OtlpReceiver
let behalf: TestBehalf
let alice: TestPerson
let parent: ConnectionId

beforeAll(async () => {
  collector = await startOtlpReceiver()
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_OTLP_HEADERS: 'x-team=sales%20team' }
  behalf = await startTestBehalf({ environment })
  alice = await behalf.addPerson('Alice Ng')
  parent = await behalf.addCrmParent()
  await behalf.connectParent(parent, 'Bob Ortiz')
  await behalf.addRecipe(createOpportunity(parent, true))
})
afterAll(async () => {
  await behalf.stop()
  await collector.stop()
})

const newestJob = async (): Promise<JobId> => (await alice.api('GET', '/me/jobs')).body.data[0].id
const add = (name: string, steps: object[], trigger: object = { kind: 'api' }) =>
  behalf.addRecipe({ name, trigger, steps })
const reply = { kind: 'reply', name: 'answer', text: 'Done.', output: {} }

async function callWebhook(traceparent: string): Promise<JobId> {
  const recipe = await behalf.addRecipe(createByWebhook(parent, traceparent))
  const { body } = await behalf.owner.api('POST', `/recipes/${recipe}/webhook`)
  const headers = { 'content-type': 'application/json', traceparent }
  const answer = await fetch(body.data.url, { method: 'POST', headers, body: '{"name":"By a webhook"}' })
  return ((await answer.json()) as { data: { job_id: JobId } }).data.job_id
}

test('one trace has every hop of a job: asked, connected in a browser, gone on after a restart, answered', async () => {
  await alice.say('create opportunity name: Waited')
  const link = await alice.prompt()
  const job = await newestJob()
  await alice.say('create opportunity name: Waited as well')
  const other = await newestJob()
  await behalf.restart()
  await connectAt(alice, link, 'Alice Ng')
  await jobIn(alice, job, 'succeeded')
  // The prompt and the answer; what a span belongs to comes after it.
  const trace = await until(async () => {
    const spans = await collector.traceOf(job, 'jobs/run', 'asking/callback', 'jobs/continue')
    const hops = hopsOf(spans)
    const delivered = hops.filter((hop) => hop === 'surfaces/portal < outbox').length
    return delivered === 2 && !hops.some((hop) => hop.endsWith('…')) ? spans : undefined
  })
  const hops = hopsOf(trace)
  expect(hops).toEqual(
    expect.arrayContaining([
      'surfaces/portal',
      'conversation < surfaces/portal',
      'commands/run-recipe < conversation',
      'jobs/invoke < commands/run-recipe',
      'jobs/preflight < jobs/invoke',
      'asking < jobs/invoke',
      'asking/connect-page < jobs/invoke',
      'asking/callback < jobs/invoke',
      'jobs/continue < jobs/invoke',
      'jobs/run < jobs/invoke',
      'connections/use < jobs/run',
      'connectors/salesforce/actions/create_record < jobs/run',
      'request < connectors/salesforce/actions/create_record',
      'jobs/reply < jobs/run',
    ]),
  )
  expect(hops.filter((hop) => hop === 'outbox < jobs/invoke')).toHaveLength(2)
  expect(hops.filter((hop) => !hop.includes(' < '))).toEqual(['surfaces/portal'])
  await jobIn(alice, other, 'succeeded')
  expect(hopsOf(await collector.traceOf(other, 'jobs/reply'))).toEqual(
    expect.arrayContaining(['jobs/continue < jobs/invoke', 'jobs/run < jobs/invoke']),
  )
  const factsOf = (hop: string) => trace.find(({ name }) => name === hop)?.attributes
  expect(factsOf('request')).toMatchObject({ 'http.request.method': 'POST', 'http.response.status_code': 201 })
  expect(factsOf('jobs/run')).toMatchObject({ 'behalf.job.id': job, 'behalf.outcome': 'succeeded' })
})

test('what a function does stands within its call, a question and its answer within the job, a job set off within the one that did', async () => {
  const inner = await add('Inner', [reply], { kind: 'function', input: { type: 'object' } })
  const recipe = await add('Outer', [
    { kind: 'call', name: 'wait', recipe_id: inner },
    { kind: 'call', name: 'start', recipe_id: inner, wait: false },
    { kind: 'ask', name: 'sure', text: 'Really?', choices: [{ label: 'Yes', value: 'yes' }] },
    { ...reply, output: { job: '{{ steps.start.job_id }}' } },
  ])
  const job = await startJob(alice, recipe, {})
  await jobIn(alice, job, 'waiting_for_answer')
  await alice.api('POST', `/jobs/${job}/answer`, { step: 'sure', choice: 'yes' })
  const { result } = await jobIn(alice, job, 'succeeded')
  await jobEnded(alice, result.value.output.job)
  const trace = await until(async () => {
    const spans = await collector.traceOf(job, 'commands/run-recipe', 'jobs/continue')
    return spans.filter(({ name }) => name === 'jobs/run').length === 3 ? spans : undefined
  })
  const hops = hopsOf(trace)
  for (const hop of ['jobs/call < jobs/run', 'jobs/invoke < jobs/run', 'jobs/continue < jobs/invoke'])
    expect(hops).toContain(hop)
  expect(hops.filter((hop) => hop === 'jobs/run < jobs/invoke')).toHaveLength(3)
  expect(trace.some(({ attributes }) => attributes['behalf.job.id'] === result.value.output.job)).toBe(true)
})

test('a caller’s own trace is linked to, and never joined', async () => {
  const [traceId, spanId] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331']
  const trace = await collector.traceOf(
    await callWebhook(`00-${traceId}-${spanId}-00`),
    'commands/run-recipe',
    'jobs/run',
  )
  const [root] = trace.filter(({ parentSpanId }) => !parentSpanId)
  expect(root).toMatchObject({ name: 'commands/run-recipe', links: [{ traceId, spanId }] })
  expect(root?.traceId).not.toBe(traceId)
  const nonsense = await collector.traceOf(await callWebhook(`00-${'0'.repeat(32)}-x`), 'commands/run-recipe')
  expect(nonsense.flatMap(({ links }) => links)).toEqual([])
})

test('a failed job says by which code, and not in which words', async () => {
  const failing = await add('Fails', [{ kind: 'stop', name: 'stop', outcome: 'failed', message: 'Strictly private' }])
  const job = await startJob(alice, failing, {})
  await jobEnded(alice, job)
  const trace = await collector.traceOf(job, 'jobs/run')
  expect(trace.find(({ name }) => name === 'jobs/run')).toMatchObject({
    status: { code: 2 },
    attributes: { 'error.type': 'stopped_by_recipe', 'behalf.outcome': 'failed' },
  })
  expect(await collector.textAfter(job)).not.toContain('Strictly private')
})

test('while the collector is away jobs run as before, and the log says when that begins and ends', async () => {
  const recipe = await add('Quick', [reply])
  const logged = (text: string) => behalf.log.filter((line) => line.includes(text)).length
  collector.status = 503
  for (const times of [1, 2]) {
    await jobIn(alice, await startJob(alice, recipe, {}), 'succeeded')
    await until(() => collector.refused >= times && logged('traces cannot be sent') > 0)
  }
  collector.status = 200
  const job = await startJob(alice, recipe, {})
  await collector.traceOf(job, 'commands/run-recipe', 'jobs/run')
  await until(() => logged('traces are sent again') === 1)
  expect(logged('traces cannot be sent')).toBe(1)
})

test('the collector gets what its settings say, and connections reach its private address no more than before', async () => {
  await collector.traceOf(await startJob(alice, await add('Sent', [reply]), {}), 'jobs/run')
  expect(collector.taken[0]).toMatchObject({
    path: '/v1/traces',
    headers: { 'content-type': 'application/json', 'x-team': 'sales team' },
  })
  const { resourceSpans } = JSON.parse(collector.taken[0]?.body ?? '')
  expect(resourceSpans[0].resource.attributes).toEqual([{ key: 'service.name', value: { stringValue: 'behalf' } }])
  const url = new URL('/v1/traces', collector.url)
  await expect(behalf.ctx.egress({ method: 'GET', url })).rejects.toMatchObject({ code: 'egress_refused' })
})

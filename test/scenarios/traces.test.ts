import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConnectionId } from '../../src/core/ids.ts'
import { connectAt, createOpportunity, startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from '../support/otlp-receiver.ts'
import { until } from '../support/until.ts'

let collector: OtlpReceiver
let behalf: TestBehalf
let alice: TestPerson
let parent: ConnectionId

beforeAll(async () => {
  collector = await startOtlpReceiver()
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_OTLP_HEADERS: 'x-team=a%20team' }
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

/** `jobs/run < jobs/invoke`, the names of a span and of the one it belongs to. */
const hopsOf = (trace: ReceivedSpan[]): string[] =>
  trace.map(({ name, parentSpanId }) => {
    const around = trace.find(({ spanId }) => spanId === parentSpanId)
    return around ? `${name} < ${around.name}` : name
  })

const newestJob = async (person: TestPerson): Promise<string> => (await person.api('GET', '/me/jobs')).body.data[0].id

const IN_RUN = [
  'connections/use < jobs/run',
  'connectors/salesforce/actions/create_record < jobs/run',
  'request < connectors/salesforce/actions/create_record',
  'jobs/reply < jobs/run',
  'outbox < jobs/invoke',
  'surfaces/portal < outbox',
]

test('one trace has every hop of a job: asked, connected in a browser, gone on after a restart, answered', async () => {
  await alice.say('create opportunity name: Waited')
  const link = await alice.prompt()
  const job = await newestJob(alice)
  await behalf.restart()
  await connectAt(alice, link, 'Alice Ng')
  await until(async () => (await alice.chat()).some(({ text }) => text === 'Created Waited.'))

  const trace = await collector.traceOf(job, ['jobs/reply', 'jobs/continue', 'asking/callback'])
  await until(() => collector.spans().filter(({ name }) => name === 'outbox').length >= 2)
  const hops = hopsOf(await collector.traceOf(job, ['jobs/reply']))
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
      'jobs/continue < asking/callback',
      'jobs/run < jobs/invoke',
      ...IN_RUN,
    ]),
  )
  expect(hops.filter((hop) => !hop.includes(' < '))).toEqual(['surfaces/portal'])
  const request = trace.find(({ name }) => name === 'request')
  expect(request).toMatchObject({
    kind: 3,
    attributes: { 'http.request.method': 'POST', 'http.response.status_code': 201 },
  })
  expect(trace.find(({ name }) => name === 'jobs/run')?.attributes).toMatchObject({
    'behalf.job.id': job,
    'behalf.outcome': 'succeeded',
  })
})

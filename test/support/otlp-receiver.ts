import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { until } from './until.ts'

/** A span as it came over the wire: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
export interface ReceivedSpan {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  kind: number
  status: { code: number; message?: string }
  attributes: Record<string, string | number>
  links: { traceId: string; spanId: string }[]
}

/** A collector of traces, by OTLP over HTTP. */
export interface OtlpReceiver {
  url: string
  /** Whether it takes what comes; 503 otherwise. */
  isUp: boolean
  requests: { path: string; headers: IncomingHttpHeaders; body: string }[]
  spans(): ReceivedSpan[]
  /** The trace of a job, once a span of every one of these names has come. */
  traceOf(job: string, names: string[]): Promise<ReceivedSpan[]>
  stop(): Promise<void>
}

export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const requests: OtlpReceiver['requests'] = []
  const server = createServer(async (request, response) => {
    const body = await text(request)
    if (receiver.isUp) requests.push({ path: request.url ?? '', headers: request.headers, body })
    response.writeHead(receiver.isUp ? 200 : 503, { 'content-type': 'application/json' }).end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const receiver: OtlpReceiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    isUp: true,
    requests,
    spans: () => requests.flatMap(({ body }) => readSpans(body)),
    traceOf: (job, names) =>
      until(() => {
        const spans = receiver.spans()
        const { traceId } = spans.find(({ name, attributes }) => isInvocation(name) && attributes[JOB] === job) ?? {}
        const trace = spans.filter((span) => span.traceId === traceId)
        const missing = names.filter((name) => !trace.some((span) => span.name === name))
        if (missing.length > 0) throw new Error(`missing: ${missing}; there: ${trace.map(({ name }) => name)}`)
        return trace
      }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return receiver
}

const JOB = 'behalf.job.id'
const isInvocation = (name: string): boolean => name === 'jobs/invoke'

// biome-ignore lint/suspicious/noExplicitAny: what came over the wire is read field by field
type Any = any

function readSpans(body: string): ReceivedSpan[] {
  const { resourceSpans } = JSON.parse(body)
  return resourceSpans.flatMap(({ scopeSpans }: Any) =>
    scopeSpans.flatMap(({ spans }: Any) =>
      spans.map((span: Any) => ({ ...span, attributes: readAttributes(span.attributes), links: span.links ?? [] })),
    ),
  )
}

const readAttributes = (attributes: Any[]): ReceivedSpan['attributes'] =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)]))

import type { IncomingHttpHeaders } from 'node:http'
import { loopbackHttp } from './loopback.ts'
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
  /** Answered with; what is no 200 is not taken. */
  status: number
  /** Requests that were not taken. */
  refused: number
  taken: { path: string; headers: IncomingHttpHeaders; body: string }[]
  spans(): ReceivedSpan[]
  /** The trace a job was invoked in, once it has spans of all these names. */
  traceOf(job: string, ...names: string[]): Promise<ReceivedSpan[]>
  /** All that came, as it stood on the wire, once these jobs have ended there. */
  textAfter(...jobs: string[]): Promise<string>
  stop(): Promise<void>
}

export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const server = await loopbackHttp(({ url: path = '', headers }, response, body) => {
    if (receiver.status === 200) receiver.taken.push({ path, headers, body })
    else receiver.refused++
    response.writeHead(receiver.status, { 'content-type': 'application/json' }).end('{}')
  })
  const receiver: OtlpReceiver = {
    url: `http://${server.host}`,
    status: 200,
    refused: 0,
    taken: [],
    spans: () => receiver.taken.flatMap(({ body }) => readSpans(body)),
    traceOf: (job, ...names) => until(() => findTrace(receiver.spans(), job, names)),
    async textAfter(...jobs) {
      for (const job of jobs) await receiver.traceOf(job, 'jobs/invoke', 'jobs/run')
      return receiver.taken.map(({ headers, body }) => JSON.stringify(headers) + body).join('\n')
    },
    async stop() {
      await server[Symbol.asyncDispose]()
    },
  }
  return receiver
}

function findTrace(spans: ReceivedSpan[], job: string, names: string[]): ReceivedSpan[] {
  const { traceId } = spans.find(({ attributes }) => attributes['behalf.job.id'] === job) ?? {}
  const trace = spans.filter((span) => span.traceId === traceId)
  const missing = names.filter((name) => !trace.some((span) => span.name === name))
  if (missing.length === 0) return trace
  throw new Error(`${missing} did not come, but ${trace.map(({ name }) => name)}`)
}

/** `jobs/run < jobs/invoke`: each span with the one it belongs to; `…` for one that did not come. */
export const hopsOf = (trace: ReceivedSpan[]): string[] =>
  trace.map(({ name, parentSpanId }) =>
    parentSpanId ? `${name} < ${trace.find(({ spanId }) => spanId === parentSpanId)?.name ?? '…'}` : name,
  )

// biome-ignore lint/suspicious/noExplicitAny: what came over the wire is read field by field
type Wire = any

const readSpans = (body: string): ReceivedSpan[] =>
  JSON.parse(body)
    .resourceSpans.flatMap(({ scopeSpans }: Wire) => scopeSpans)
    .flatMap(({ spans }: Wire) => spans)
    .map((span: Wire) => ({ ...span, attributes: readAttributes(span.attributes) }))

const readAttributes = (attributes: Wire[]): ReceivedSpan['attributes'] =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)]))

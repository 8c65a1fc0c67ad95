import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer'
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace'
import type { Egress } from '#core/egress.ts'
import { OutsideError } from '#core/errors.ts'
import type { Log } from '#core/log.ts'
import type { TraceSettings } from './trace-settings.ts'

const TIMEOUT_MS = 5000
const MAX_ANSWER = 64 * 1024

/**
 * Sends spans to a collector by OTLP over HTTP, in JSON. What cannot be sent is lost, and nobody waits for it; the log tells when that begins
 * and when it is over. https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */
export function makeTraceExporter(
  { url, headers }: TraceSettings,
  { egress, log }: { egress: Egress; log: Log },
): SpanExporter {
  let isDown = false
  const send = async (spans: ReadableSpan[]): Promise<void> => {
    const body = new TextDecoder().decode(JsonTraceSerializer.serializeRequest(spans))
    const { status } = await egress({
      method: 'POST',
      url,
      headers: { ...headers, 'content-type': 'application/json' },
      body,
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_ANSWER,
    })
    if (status >= 300) throw refused(url, status)
    if (isDown) log.info({}, 'traces are sent again')
    isDown = false
  }
  return {
    export(spans, done) {
      send(spans).then(
        () => done({ code: 0 }),
        (error: Error) => {
          if (!isDown) log.warn({ err: error }, 'traces cannot be sent, and are lost until they can')
          isDown = true
          done({ code: 1, error })
        },
      )
    },
    forceFlush: async () => {},
    shutdown: async () => {},
  }
}

const refused = ({ host }: URL, httpStatus: number): OutsideError =>
  new OutsideError('traces_refused', `${host} did not take the traces.`, {
    retryable: true,
    httpStatus,
    details: { host },
  })

import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import type { Log } from '#core/log.ts'
import type { Tracer } from '#core/trace.ts'
import { makeEgress } from './egress.ts'
import { makeTraceExporter } from './trace-exporter.ts'
import type { TraceSettings } from './trace-settings.ts'

const SEND_AFTER_MS = 1000
/** What waits to be sent while the collector is slow or away; more is lost. */
const MOST_SPANS_WAITING = 8192

export interface Traces {
  tracer: Tracer
  /** Sends what there is still, for a few seconds at most. */
  stop(): Promise<void>
}

/**
 * Makes spans and sends them to the collector of the settings, by a way out of their own, on which that one host may have a private address:
 * connections reach it no more than before.
 */
export function startTraces(settings: TraceSettings, log: Log): Traces {
  const { protocol, hostname, port } = settings.url
  const collector = `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`
  const egress = makeEgress({ allowedPrivateHosts: [collector] })
  const exporter = makeTraceExporter(settings, { egress, log })
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': settings.serviceName }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter,
        scheduledDelayMillis: SEND_AFTER_MS,
        maxQueueSize: MOST_SPANS_WAITING,
      }),
    ],
  })
  return {
    tracer: provider.getTracer('behalf'),
    async stop() {
      // What could not be sent is in the log.
      await provider.shutdown().catch(() => {})
      await egress.close()
    },
  }
}

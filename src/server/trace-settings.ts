/** Where traces are sent. */
export interface TraceSettings {
  url: URL
  headers: Record<string, string>
  serviceName: string
}

/** The variables that OpenTelemetry has for this: https://opentelemetry.io/docs/specs/otel/protocol/exporter/ */
interface Variables {
  OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?: string | undefined
  OTEL_EXPORTER_OTLP_HEADERS?: string | undefined
  OTEL_SERVICE_NAME: string
}

/** Null where no collector is named. Expects what has no `problemsOfTraces`. */
export function readTraceSettings(variables: Variables): TraceSettings | null {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: whole } = variables
  const url = whole ?? (base && `${base.replace(/\/+$/, '')}/v1/traces`)
  if (!url) return null
  const headers = Object.fromEntries(readHeaders(variables.OTEL_EXPORTER_OTLP_HEADERS))
  return { url: new URL(url), headers, serviceName: variables.OTEL_SERVICE_NAME }
}

/** What a schema of single settings cannot tell, said as `NAME: what is wrong`. */
export function problemsOfTraces(variables: Variables): string[] {
  const problems: string[] = []
  // why: an address is named in errors, a header is not.
  for (const name of ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] as const)
    if (/^https?:\/\/[^/]*@/.test(variables[name] ?? ''))
      problems.push(`${name}: must hold no user name or password; OTEL_EXPORTER_OTLP_HEADERS may`)
  try {
    new Headers(readHeaders(variables.OTEL_EXPORTER_OTLP_HEADERS))
  } catch {
    problems.push('OTEL_EXPORTER_OTLP_HEADERS: must be name=value, separated by commas, with what is special as %20')
  }
  return problems
}

function readHeaders(text = ''): [string, string][] {
  const pairs = text.split(',').filter((pair) => pair.trim() !== '')
  return pairs.map((pair) => {
    const [name = '', ...value] = pair.split('=')
    return [name.trim(), decodeURIComponent(value.join('=').trim())]
  })
}

import pino, { type DestinationStream } from 'pino'
import type { Log } from '#core/log.ts'

/** A log of JSON lines from which credentials are taken out, wherever in a line they stand. */
export function makeLog(level: string, destination?: DestinationStream): Log {
  // why: pino serializes after `formatters.log`, which has made errors into plain objects already.
  const serializers = { err: (shown: unknown) => shown }
  const options = { level, base: null, serializers, formatters: { log: scrubFields } }
  const scrubbed = { write: (line: string) => (destination ?? process.stdout).write(scrub(line)) }
  return pino({ ...options, hooks: {} }, scrubbed) as unknown as Log
}

/** Name, code, message and stack of an error and its causes; none of what libraries hang on errors, such as rows or requests. */
function serializeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return { message: String(error) }
  const { name, message, stack } = error
  const code = (error as { code?: unknown }).code
  return {
    name,
    message,
    ...(typeof code === 'string' && { code }),
    stack: stack?.split('\n').slice(1, 12).join('\n'),
    ...(error.cause !== undefined && depth < 4 && { cause: serializeError(error.cause, depth + 1) }),
  }
}

function scrubFields(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, value instanceof Error ? serializeError(value) : value]),
  )
}

const NAMES =
  'access_token|refresh_token|id_token|client_secret|code_verifier|password|token|secret|authorization|cookie|set-cookie|api_key|apikey|completion'

const RULES: [RegExp, string][] = [
  [/\b(Bearer|Basic|token)\s+[A-Za-z0-9._~+/=-]{8,}/gi, '$1 [secret]'],
  [new RegExp(`([?&;\\s](?:${NAMES}|code|state)=)[^&\\s"'\\\\]+`, 'gi'), '$1[secret]'],
  [
    new RegExp(
      `((?:\\\\?["'])(?:${NAMES})(?:\\\\?["'])\\s*:\\s*)(?:\\\\?["'])(?:[^"'\\\\]|\\\\[^"'])*(?:\\\\?["'])`,
      'gi',
    ),
    '$1"[secret]"',
  ],
  [/(\/connect\/l\/)[A-Za-z0-9_-]+/g, '$1[secret]'],
  [/(\/hooks\/[a-z0-9_]+\/)[A-Za-z0-9_-]+/g, '$1[secret]'],
  [/\bbhk_[A-Za-z0-9]+/g, '[secret]'],
  [/\b(xox[a-z]|gh[opsur]|ya29|00D[A-Za-z0-9]{12,15}!)[-_.A-Za-z0-9!]{10,}/g, '[secret]'],
  [/(:\/\/)[^/\s:@"]+:[^/\s@"]+@/g, '$1[secret]@'],
]

/** Takes everything that looks like a credential out of a text. */
export function scrub(text: string): string {
  return RULES.reduce((scrubbed, [pattern, replacement]) => scrubbed.replace(pattern, replacement), text)
}

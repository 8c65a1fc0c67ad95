import type { FailureCode } from './worker-protocol.ts'

/** A value that an expression may not yield. */
export class Unfit extends Error {
  readonly code: FailureCode
  constructor(code: FailureCode, reason: string) {
    super(reason)
    this.code = code
  }
}

/** What JSONata throws: an object with the parts of its message, some of which are data. */
interface JsonataError {
  code: string
  message: string
  position?: number
  [part: string]: unknown
}

/** Parts of an error that come from the expression as it is written; so do all parts of a syntax error. */
const WRITTEN = new Set(['code', 'message', 'position', 'token', 'index', 'stack', 'type', 'functionName'])

/** Their messages are made by the expression itself ($error, $assert), or quote what it computed. */
const OWN_WORDS: Record<string, string> = {
  D3137: 'it raised an error of its own',
  D3141: 'an assertion of its own failed',
  D3120: '$eval is refused',
  D3121: '$eval is refused',
}

/** What went wrong in the words of JSONata, with everything that may be data left out of them. */
export function explainFailure(error: unknown): { code: FailureCode; reason: string } {
  if (error instanceof Unfit) return { code: error.code, reason: error.message }
  if (error instanceof RangeError) return explainRange(error)
  if (error instanceof SyntaxError)
    return { code: 'expression_broken', reason: 'a regular expression in it cannot be read' }
  if (!isJsonataError(error)) return { code: 'expression_broken', reason: 'it cannot be evaluated' }
  const { code, position } = error
  if (code === 'D1012') return { code: 'expression_timeout', reason: 'it takes too long' }
  if (code === 'D2014' || code === 'D2015') return { code: 'expression_too_large', reason: 'it makes too long a list' }
  const reason = OWN_WORDS[code] ?? withoutData(error)
  return { code: 'expression_broken', reason: position === undefined ? reason : `${reason} (character ${position})` }
}

// The engine's own: its stack, or a text or list larger than there can be.
function explainRange({ message }: RangeError): { code: FailureCode; reason: string } {
  return /call stack/i.test(message)
    ? { code: 'expression_broken', reason: 'it nests, or calls itself, too deep' }
    : { code: 'expression_too_large', reason: 'it makes too large a value' }
}

function withoutData(error: JsonataError): string {
  if (error.code.startsWith('S')) return error.message
  const data = Object.entries(error).filter(([part]) => !WRITTEN.has(part))
  const quoted = data.flatMap(([, value]) => JSON.stringify(value) ?? []).sort((a, b) => b.length - a.length)
  return quoted.reduce((words, quote) => words.replaceAll(quote, '…'), error.message).replace(/\.$/, '')
}

function isJsonataError(error: unknown): error is JsonataError {
  if (typeof error !== 'object' || error === null) return false
  const { code, message } = error as Partial<JsonataError>
  return typeof code === 'string' && /^[STD]\d{4}$/.test(code) && typeof message === 'string'
}

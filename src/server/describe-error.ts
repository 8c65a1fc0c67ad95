import { Bug, OutsideError } from '#core/errors.ts'

/** What of an error is written into the log. */
export interface DescribedError {
  name: string
  message: string
  code?: string
  /** Frames alone, without the message that stands above them. */
  stack?: string[]
  /** Where the failure is, in names of ours: a table, a host, a system call. */
  at?: Record<string, string | number>
  cause?: DescribedError
  errors?: DescribedError[]
}

const WITHHELD = '[not logged: it may hold data]'
const MAX_DEPTH = 5
const MAX_ERRORS = 5

/**
 * Describes an error without anything that a person's data or a credential could stand in. A message of somebody else's code can quote
 * whatever it stumbled over (JSON that does not parse, a header, a row), and so can the words of an application in an `OutsideError`;
 * only messages that we wrote about ourselves, or that can quote nothing, are kept. Name, code, place and frames tell the rest.
 */
export function describeError(error: unknown, depth = 0): DescribedError {
  if (!(error instanceof Error)) return { name: `thrown ${typeof error}`, message: WITHHELD }
  const { name, code, cause, errors } = error as Error & { code?: unknown; errors?: unknown }
  const at = placeOf(error)
  const deeper = depth < MAX_DEPTH
  return {
    name: isWord(name, /^(?:[A-Z]+[a-z]+)+$/) ? name : 'Error',
    message: messageOf(error),
    ...(isWord(code, CODE) && { code }),
    ...(Object.keys(at).length > 0 && { at }),
    stack: framesOf(error),
    ...(cause !== undefined && deeper && { cause: describeError(cause, depth + 1) }),
    ...(Array.isArray(errors) &&
      deeper && { errors: errors.slice(0, MAX_ERRORS).map((each) => describeError(each, depth + 1)) }),
  }
}

/** `ECONNREFUSED`, `OAUTH_TIMEOUT`, `outside_unavailable`, `23505`. */
const CODE = /^(?:[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*|[a-z]+(?:_[a-z]+)*|[0-9A-Z]{5})$/

const isWord = (value: unknown, pattern: RegExp): value is string =>
  typeof value === 'string' && value.length <= 60 && pattern.test(value)

function messageOf(error: Error): string {
  if (error instanceof Bug) return error.message
  if (isAboutTheDatabase(error)) return error.message
  const known = ENGINE_MESSAGES.find(([pattern]) => pattern.test(error.message))
  return known ? known[1] : WITHHELD
}

/** What the engine says of a mistake in our code, without the names and values it quotes. */
const ENGINE_MESSAGES: [RegExp, string][] = [
  [/^Cannot read properties of (undefined|null)/, 'Cannot read properties of undefined or null'],
  [/^Cannot set properties of (undefined|null)/, 'Cannot set properties of undefined or null'],
  [/ is not a function$/, 'something is not a function'],
  [/ is not iterable/, 'something is not iterable'],
  [/ is not defined$/, 'something is not defined'],
  [/^Maximum call stack size exceeded$/, 'Maximum call stack size exceeded'],
]

/**
 * PostgreSQL's errors about connections, transactions, resources, access and its own objects; those about values (classes 22 and 23) and
 * those raised by functions quote data. https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const ABOUT_THE_SERVER = /^(08|25|28|3D|3F|40|42|53|54|55|57|58|XX)...$/

function isAboutTheDatabase(error: Error): boolean {
  const { code, severity } = error as { code?: unknown; severity?: unknown }
  return typeof severity === 'string' && typeof code === 'string' && ABOUT_THE_SERVER.test(code)
}

/** Names of things, not of people: every one is checked for its form. */
const PLACES: [string, RegExp][] = [
  ['syscall', /^[a-z]+$/],
  ['address', /^[0-9a-f.:]+$/i],
  ['hostname', /^[\w.-]+$/],
  ['severity', /^[A-Z]+$/],
  ['schema', /^[a-z_]+$/],
  ['table', /^[a-z_]+$/],
  ['column', /^[a-z_]+$/],
  ['constraint', /^[a-z_]+$/],
  ['routine', /^[A-Za-z_]+$/],
]

function placeOf(error: Error): Record<string, string | number> {
  const known = error as Error & Record<string, unknown>
  const at: Record<string, string | number> = {}
  for (const [name, pattern] of PLACES) {
    const value = known[name]
    if (isWord(value, pattern)) at[name] = value
  }
  if (typeof known.port === 'number') at.port = known.port
  if (error instanceof OutsideError) {
    if (error.httpStatus !== undefined) at.httpStatus = error.httpStatus
    const { host, reason } = error.details ?? {}
    if (isWord(host, /^[\w.:[\]-]+$/)) at.host = host
    if (isWord(reason, CODE)) at.reason = reason
  }
  return at
}

const FRAME = /^ {4}at (?:async )?(?:[\w$.<>#[\] ]+ \()?(?:file:\/\/\/|node:|\/)[^\s()?]+:\d+:\d+\)?$/
const MAX_FRAMES = 12

/** The message stands in the stack too, and may have lines that look like frames. */
function framesOf({ stack = '', message }: Error): string[] {
  const below = message === '' ? stack : stack.split(message).join('')
  return below
    .split('\n')
    .filter((line) => FRAME.test(line))
    .slice(0, MAX_FRAMES)
    .map((line) => line.trim())
}

import { UserError } from '#core/errors.ts'
import type { Json, Scope } from '../scope.ts'
import type { Expressions, PlacedExpression, ReadExpression } from './expressions.ts'
import { neededScope } from './needed-scope.ts'
import { readExpressions } from './read-expressions.ts'
import type { Outcome } from './worker-process.ts'
import type { Failure } from './worker-protocol.ts'
import { makeWorkers, type Workers } from './workers.ts'

const MAX_WORKERS = 2
/** What the expressions of one mapping may take together, from when they begin to run. */
const LIMIT_MS = 1000
/** By then a worker has ended them itself, unless it is within one of the engine's own functions. */
const KILL_AFTER_MS = LIMIT_MS + 250
/** In characters of JSON. */
const MAX_SCOPE = 16 * 1024 * 1024

/** Reads and evaluates expressions in two processes at most, which know nothing but the expressions and the data they name. */
export function makeExpressionPool(): Expressions {
  const workers = makeWorkers(MAX_WORKERS)
  const known = new Map<string, ReadExpression>()
  return {
    evaluate: (expressions, scope) => evaluate(workers, known, { expressions, scope }),
    read: (sources) => readExpressions(workers, known, sources),
    close: workers.close,
  }
}

async function evaluate(
  workers: Workers,
  known: Map<string, ReadExpression>,
  { expressions, scope }: { expressions: readonly PlacedExpression[]; scope: Scope },
): Promise<(Json | undefined)[]> {
  const sources = expressions.map(({ source }) => source)
  const readable = await readExpressions(workers, known, sources)
  const read = expressions.map(({ source, path }) => {
    const one = readable.get(source)
    if (one?.kind !== 'read') throw failed('expression_broken', path, one?.reason ?? 'it takes too long to read')
    return one
  })
  const text = scopeText(neededScope(scope, read), expressions)
  const outcome = await workers.ask({ kind: 'evaluate', sources, scope: text, limitMs: LIMIT_MS }, KILL_AFTER_MS)
  return valuesOf(outcome, expressions)
}

function scopeText(scope: object, [first]: readonly PlacedExpression[]): string {
  try {
    const text = JSON.stringify(scope)
    if (text.length <= MAX_SCOPE) return text
  } catch (error) {
    // What nests too deep to be written, or is longer than a text can be.
    if (!(error instanceof RangeError)) throw error
  }
  throw failed('expression_too_large', first?.path ?? '', 'it works on more than 16 MiB, or on what nests too deep')
}

function valuesOf(outcome: Outcome, expressions: readonly PlacedExpression[]): (Json | undefined)[] {
  if (outcome.kind === 'evaluated')
    return outcome.values.map((value) => (value === null ? undefined : (JSON.parse(value) as Json)))
  const { path = '' } = ('index' in outcome && expressions[outcome.index]) || {}
  if (outcome.kind === 'failed') throw failed(outcome.code, path, outcome.reason)
  if (outcome.kind === 'died') throw failed('expression_too_large', path, 'it takes too much memory')
  throw failed('expression_timeout', path, 'it takes too long')
}

const ADVICE: Record<Failure['code'], string> = {
  expression_broken: '',
  expression_timeout: ' The expressions of one step have a second together.',
  expression_too_large: ' Work on less of it.',
}

function failed(code: Failure['code'], path: string, reason: string): UserError {
  return new UserError(code, `The expression at ${path}: ${reason}.${ADVICE[code]}`, { status: 422, details: { path } })
}

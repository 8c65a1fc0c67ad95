// The program of a worker process: it reads and evaluates expressions, and knows nothing but what it is sent. Killed when it takes too long.
import jsonata from 'jsonata'
import type { Json } from '../scope.ts'
import { explainFailure } from './explain-failure.ts'
import type { ReadExpression } from './expressions.ts'
import { findReferences } from './find-references.ts'
import { toJsonText } from './to-json-text.ts'
import type { Answer, Question, Said } from './worker-protocol.ts'

/** No list that an expression makes may be longer, and no function call itself deeper. */
const MAX_SEQUENCE = 1_000_000
const MAX_CALLS = 1000
const MAX_OUTPUT = 1024 * 1024

// why: what one expression leaves behind must not be found by the next, which may be somebody else's.
Object.preventExtensions(Object.prototype)

const say = (said: Said) => process.send?.(said)

process.on('message', (question: Question) => {
  if (question.kind === 'read') say({ kind: 'read', read: question.sources.map(read) })
  else void evaluateAll(question).then(say)
})
say({ kind: 'ready' })

function read(source: string, index: number): ReadExpression {
  say({ kind: 'at', index })
  try {
    return { kind: 'read', ...findReferences(jsonata(source).ast()) }
  } catch (error) {
    return { kind: 'broken', reason: explainFailure(error).reason }
  }
}

async function evaluateAll({ sources, scope, limitMs }: Extract<Question, { kind: 'evaluate' }>): Promise<Answer> {
  const input: Json = JSON.parse(scope)
  const budget = { left: MAX_OUTPUT }
  const deadline = performance.now() + limitMs
  const values: (string | null)[] = []
  for (const [index, source] of sources.entries()) {
    say({ kind: 'at', index })
    try {
      const timeout = Math.max(1, Math.ceil(deadline - performance.now()))
      const expression = jsonata(source, { timeout, stack: MAX_CALLS, sequence: MAX_SEQUENCE })
      // why: what $eval reads was never looked at, and its errors quote it.
      values.push(toJsonText(await expression.evaluate(input, { eval: undefined }), budget))
    } catch (error) {
      return { kind: 'failed', index, ...explainFailure(error) }
    }
  }
  return { kind: 'evaluated', values }
}

import type { ReadExpression } from './expressions.ts'

/** What a worker is asked; one question at a time. */
export type Question =
  | { kind: 'read'; sources: readonly string[] }
  /** `scope` is JSON, and they have `limitMs` together. */
  | { kind: 'evaluate'; sources: readonly string[]; scope: string; limitMs: number }

/** How an expression ends that has no value. */
export type FailureCode = 'expression_timeout' | 'expression_too_large' | 'expression_broken'

/** The expression at `index` ended the question. `reason` holds no data. */
export interface Failure {
  kind: 'failed'
  index: number
  code: FailureCode
  reason: string
}

export type Answer =
  | { kind: 'read'; read: ReadExpression[] }
  /** Each value as JSON; null for one that yields nothing. */
  | { kind: 'evaluated'; values: (string | null)[] }
  | Failure

/** What a worker says: that it is there, at which expression it is, and its answer. */
export type Said = { kind: 'ready' } | { kind: 'at'; index: number } | Answer

import type { Json, Scope } from '../scope.ts'

/** A JSONata expression and where it stands in its recipe: `steps[2].input.Name`. */
export interface PlacedExpression {
  source: string
  path: string
}

/** Evaluates expressions apart from everything else, where nothing they do can harm or hold up anybody. */
export interface Expressions {
  /**
   * The values of the expressions of one mapping, in their order; undefined for one that yields nothing. Together they have the time,
   * the memory and the output of one. Throws `expression_timeout`, `expression_too_large` or `expression_broken` with details `{ path }`.
   */
  evaluate(expressions: readonly PlacedExpression[], scope: Scope): Promise<(Json | undefined)[]>
  /** Ends what runs. */
  close(): Promise<void>
}

/** What evaluating a mapping takes. */
export interface ExpressionsContext {
  expressions: Expressions
}

import type { Json, Scope } from '../scope.ts'

/** A JSONata expression and where it stands in its recipe: `steps[2].input.Name`. */
export interface PlacedExpression {
  source: string
  path: string
}

/** What an expression names at its top level: `trigger.amount` is `['trigger', 'amount']`, `steps.find.records.Id` `['steps', 'find']`. */
export type Reference = [root: string, name?: string]

/** An expression that was read, without any data. */
export type ReadExpression =
  | {
      kind: 'read'
      references: Reference[]
      /** It may look at everything: by `$$`, by a wildcard, or in a way that is not followed. */
      takesAll: boolean
    }
  | { kind: 'broken'; reason: string }

/** Reads and evaluates expressions apart from everything else, where nothing they do can harm or hold up anybody. */
export interface Expressions {
  /**
   * The values of the expressions of one mapping, in their order; undefined for one that yields nothing. Together they have the time,
   * the memory and the output of one. Throws `expression_timeout`, `expression_too_large` or `expression_broken` with details `{ path }`;
   * no error holds a value of the scope.
   */
  evaluate(expressions: readonly PlacedExpression[], scope: Scope): Promise<(Json | undefined)[]>
  /** What the sources say, by source. When one takes too long, it is broken by that, and others that were not known are left out. */
  read(sources: readonly string[]): Promise<ReadonlyMap<string, ReadExpression>>
  /** Ends what runs; what was asked is refused. */
  close(): void
}

/** What evaluating a mapping takes. */
export interface ExpressionsContext {
  expressions: Expressions
}

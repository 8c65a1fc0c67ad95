import { resolveMapping } from '../mapping.ts'
import type { Json, Scope } from '../scope.ts'
import type { Mapping } from '../step.ts'
import type { ExpressionsContext } from './expressions.ts'
import { expressionsIn } from './expressions-in.ts'

/** Where a mapping stands in its recipe, and what is known there. */
export interface Place {
  scope: Scope
  /** `steps[2].input`. */
  path: string
}

/**
 * What a mapping yields, its expressions evaluated first: as `resolveMapping`, and throws what `Expressions` throws. One without
 * expressions costs no more than that. An expression that yields nothing is taken as a pill with a `?` whose value is absent.
 */
export async function evaluateMapping(
  ctx: ExpressionsContext,
  mapping: Mapping,
  { scope, path }: Place,
  options: { absentIsNull?: boolean } = {},
): Promise<Json> {
  const expressions = expressionsIn(mapping, path)
  if (expressions.length === 0) return resolveMapping(mapping, scope, path, options)
  const values = await ctx.expressions.evaluate(expressions, scope)
  const byPath = new Map(expressions.map((each, index) => [each.path, values[index]]))
  return resolveMapping(mapping, scope, path, { ...options, expressions: byPath })
}

import { resolveMapping } from '../mapping.ts'
import { below } from '../problem.ts'
import type { Json, Scope } from '../scope.ts'
import type { Mapping } from '../step.ts'
import { expressionIn } from './expression-text.ts'
import type { ExpressionsContext, PlacedExpression } from './expressions.ts'

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

function expressionsIn(mapping: Mapping, path: string): PlacedExpression[] {
  const found: PlacedExpression[] = []
  collect(mapping, path, found)
  return found
}

function collect(mapping: Mapping, path: string, found: PlacedExpression[]): void {
  if (typeof mapping === 'string') {
    const source = mapping.includes('{{=') ? expressionIn(mapping) : undefined
    if (source !== undefined) found.push({ source, path })
  } else if (Array.isArray(mapping)) {
    for (const [index, item] of mapping.entries()) collect(item, below(path, index), found)
  } else if (typeof mapping === 'object' && mapping !== null) {
    for (const [key, item] of Object.entries(mapping)) collect(item, below(path, key), found)
  }
}

import { below } from '../problem.ts'
import type { Mapping } from '../step.ts'
import { expressionIn } from './expression-text.ts'
import type { PlacedExpression } from './expressions.ts'

/** The expressions in a mapping, with where each stands. */
export function expressionsIn(mapping: Mapping, path: string): PlacedExpression[] {
  const found: PlacedExpression[] = []
  collect(mapping, path, found)
  return found
}

function collect(mapping: Mapping, path: string, found: PlacedExpression[]): void {
  if (typeof mapping === 'string') {
    const source = expressionIn(mapping)
    if (source !== undefined) found.push({ source, path })
  } else if (Array.isArray(mapping)) {
    for (const [index, item] of mapping.entries()) collect(item, below(path, index), found)
  } else if (typeof mapping === 'object' && mapping !== null) {
    for (const [key, item] of Object.entries(mapping)) collect(item, below(path, key), found)
  }
}

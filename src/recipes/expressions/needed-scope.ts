import type { Json, Scope } from '../scope.ts'
import type { ReadExpression } from './expressions.ts'

/** The part of a scope that expressions look at. What they name is looked up at its first level, the outputs of steps one by one. */
export function neededScope(scope: Scope, expressions: readonly ReadExpression[]): { [root: string]: unknown } {
  const read = expressions.filter((each) => each.kind === 'read')
  if (read.some(({ takesAll }) => takesAll)) return { ...scope }
  const needed: { [root: string]: unknown } = {}
  const steps: { [name: string]: Json } = {}
  for (const [root, name] of read.flatMap(({ references }) => references)) {
    if (root === 'steps' && name !== undefined) copyOwn(scope.steps, name, steps)
    else copyOwn(scope, root, needed)
  }
  return { steps, ...needed }
}

function copyOwn(from: object, key: string, to: { [key: string]: unknown }): void {
  if (Object.hasOwn(from, key) && key !== '__proto__') to[key] = (from as { [key: string]: unknown })[key]
}

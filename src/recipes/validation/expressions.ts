import type { Reference } from '../expressions/expressions.ts'
import type { Problem } from '../problem.ts'
import { isRoot, type Pill, ROOTS } from '../template.ts'
import type { RecipeFacts } from './recipe-facts.ts'

/**
 * What is wrong with an expression: that it cannot be read, or what it names at its top level, judged as a pill that may be absent. What
 * lies deeper is not judged, because JSONata goes through lists by itself.
 */
export function expressionProblems(
  { path, source }: { path: string; source: string },
  { expressions }: Pick<RecipeFacts, 'expressions'>,
  judge: (pill: Pill) => Omit<Problem, 'path'> | undefined,
): Problem[] {
  const read = expressions.get(source)
  // Another of the recipe took too long to be read, which is a problem already.
  if (read === undefined) return []
  if (read.kind === 'broken') return [{ path, code: 'expression_broken', message: `The expression: ${read.reason}.` }]
  return read.references.flatMap((reference) => {
    const finding = judgeReference(reference, judge)
    return finding ? [{ path, ...finding }] : []
  })
}

function judgeReference([root, name]: Reference, judge: (pill: Pill) => Omit<Problem, 'path'> | undefined) {
  if (!isRoot(root))
    return { code: 'pill_unknown', message: `The expression names ${root}: begin with ${ROOTS.join(', ')}.` }
  const isOneOfMany = root === 'steps' || root === 'loops'
  if (name === undefined && isOneOfMany) return undefined
  const path = name === undefined ? [] : [name]
  return judge({ text: [root, ...path].join('.'), root, path, optional: true })
}

import { below } from '../problem.ts'
import type { Step } from '../recipe.ts'
import { branchesOf } from '../steps.ts'

/** The actions that have run when a step is reached: surely, or on some way to it. */
export interface Before {
  certain: ReadonlySet<string>
  possible: ReadonlySet<string>
}

export interface FlowVisitor {
  /** Called for every step that can be reached, in the order they are written. */
  reached(step: Step, path: string, before: Before): void
  /** Called for the first step of a list that cannot be reached, and for none after it. */
  unreachable(path: string): void
}

/** Follows the steps the way a job would on every way it could take. What runs after an if is certain when every way through it ran it. */
export function followSteps(steps: readonly Step[], visitor: FlowVisitor): void {
  followList(steps, 'steps', { certain: new Set(), possible: new Set() }, visitor)
}

/** Undefined when no way through the steps comes out at their end. */
function followList(steps: readonly Step[], path: string, before: Before, visitor: FlowVisitor): Before | undefined {
  let now: Before | undefined = before
  for (const [index, step] of steps.entries()) {
    const at = below(path, index)
    if (now === undefined) {
      visitor.unreachable(at)
      return undefined
    }
    visitor.reached(step, at, now)
    now = follow(step, at, now, visitor)
  }
  return now
}

function follow(step: Step, path: string, before: Before, visitor: FlowVisitor): Before | undefined {
  switch (step.kind) {
    case 'action':
      return { certain: new Set([...before.certain, step.name]), possible: new Set([...before.possible, step.name]) }
    case 'reply':
      return before
    case 'stop':
      return undefined
    case 'if': {
      const ways = branchesOf(step, path).map((branch) => followList(branch.steps, branch.path, before, visitor))
      return join(ways.filter((way) => way !== undefined))
    }
  }
}

function join(ways: readonly Before[]): Before | undefined {
  const [first, ...others] = ways
  if (first === undefined) return undefined
  return others.reduce(
    (a, b) => ({
      certain: new Set([...a.certain].filter((name) => b.certain.has(name))),
      possible: new Set([...a.possible, ...b.possible]),
    }),
    first,
  )
}

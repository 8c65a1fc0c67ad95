import { below } from '../problem.ts'
import type { Step } from '../step.ts'
import { bodiesOf } from '../steps.ts'

/** What is known when a step is reached: the steps with an output that have run, surely or on some way to it, and what it stands in. */
export interface Before {
  certain: ReadonlySet<string>
  possible: ReadonlySet<string>
  /** The loops around it, by name. */
  loops: ReadonlyMap<string, 'for_each' | 'repeat'>
  /** Whether it handles an error. */
  handlesError: boolean
}

export interface FlowVisitor {
  /** Called for every step that can be reached, in the order they are written. */
  reached(step: Step, path: string, before: Before): void
  /** Called for a step once all within it has been followed, with what is known at the end of its steps: for what it maps from them. */
  leaving(step: Step, path: string, within: Before): void
  /** Called for the first step of a list that cannot be reached, and for none after it. */
  unreachable(path: string): void
}

/** Follows the steps the way a job would on every way it could take. What runs after an if is certain when every way through it ran it. */
export function followSteps(steps: readonly Step[], visitor: FlowVisitor): void {
  const nothing = { certain: new Set<string>(), possible: new Set<string>(), loops: new Map(), handlesError: false }
  followList(steps, 'steps', nothing, visitor)
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
    case 'ask':
    case 'call':
    case 'reply':
      return having(before, step.name)
    case 'stop':
      return undefined
    case 'if': {
      const ways = bodiesOf(step, path).map((branch) => followList(branch.steps, branch.path, before, visitor))
      return join(ways.filter((way) => way !== undefined))
    }
    case 'for_each':
      return followForEach(step, path, before, visitor)
    case 'repeat':
      return followRepeat(step, path, before, visitor)
    case 'handle_errors':
      return followHandling(step, path, before, visitor)
  }
}

/** The list may be empty, so that what comes after it is reached in any case; what ran within it is of one item, and is not known after it. */
function followForEach(
  step: Extract<Step, { kind: 'for_each' }>,
  path: string,
  before: Before,
  visitor: FlowVisitor,
): Before {
  const within = { ...before, loops: new Map([...before.loops, [step.name, 'for_each'] as const]) }
  const end = followList(step.steps, `${path}.steps`, within, visitor)
  if (end) visitor.leaving(step, path, end)
  return having(before, step.name)
}

/** Runs at least once, so that what every time stops at stops the job; within it, what the time before has left may be there. */
function followRepeat(
  step: Extract<Step, { kind: 'repeat' }>,
  path: string,
  before: Before,
  visitor: FlowVisitor,
): Before | undefined {
  const within = {
    ...before,
    possible: new Set([...before.possible, ...step.steps.flatMap(namesWithin)]),
    loops: new Map([...before.loops, [step.name, 'repeat'] as const]),
  }
  const end = followList(step.steps, `${path}.steps`, within, visitor)
  if (!end) return undefined
  visitor.leaving(step, path, end)
  return having(before, step.name)
}

/** Any of its steps may be the one that fails: where an error is handled, none of them is certain to have run. */
function followHandling(
  step: Extract<Step, { kind: 'handle_errors' }>,
  path: string,
  before: Before,
  visitor: FlowVisitor,
): Before | undefined {
  const end = followList(step.steps, `${path}.steps`, before, visitor)
  const failed = {
    ...before,
    possible: new Set([...before.possible, ...step.steps.flatMap(namesWithin)]),
    handlesError: true,
  }
  const handled = followList(step.on_error, `${path}.on_error`, failed, visitor)
  const ways = [end, handled && { ...handled, handlesError: before.handlesError }]
  return join(ways.filter((way) => way !== undefined))
}

const having = (before: Before, name: string): Before => ({
  ...before,
  certain: new Set([...before.certain, name]),
  possible: new Set([...before.possible, name]),
})

/** The steps whose outputs may be there once this one was begun; those within a loop are known only within it. */
function namesWithin(step: Step): string[] {
  if (step.kind === 'for_each' || step.kind === 'repeat') return [step.name]
  return [step.name, ...bodiesOf(step, '').flatMap(({ steps }) => steps.flatMap(namesWithin))]
}

function join(ways: readonly Before[]): Before | undefined {
  const [first, ...others] = ways
  if (first === undefined) return undefined
  return others.reduce(
    (a, b) => ({
      loops: a.loops,
      handlesError: a.handlesError,
      certain: new Set([...a.certain].filter((name) => b.certain.has(name))),
      possible: new Set([...a.possible, ...b.possible]),
    }),
    first,
  )
}

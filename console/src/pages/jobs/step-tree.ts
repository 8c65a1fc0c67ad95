import type { JobStep } from '../../contract.ts'

/** A step with what ran within it: the steps of a function it called, and each time of a loop or try of an error block. */
export interface StepNode {
  step: JobStep
  /** Its name in the recipe, without where it stands. */
  name: string
  within: StepNode[]
  turns: Turn[]
}

export interface Turn {
  /** From 0. */
  index: number
  nodes: StepNode[]
  failed: boolean
}

/**
 * The steps of a job as a tree, by their keys: `lines[2].create` ran in the third time of `lines`, `notify.post` in the function that `notify`
 * calls. A step whose surroundings are not on record stands at the top.
 */
export function treeOf(steps: readonly JobStep[]): StepNode[] {
  const nodes = new Map(steps.map((step) => [step.step, nodeOf(step)]))
  const top: StepNode[] = []
  for (const node of nodes.values()) listOf(nodes, node, top).push(node)
  for (const { turns } of nodes.values()) for (const turn of turns) turn.failed = turn.nodes.some(hasFailed)
  return top
}

const nodeOf = (step: JobStep): StepNode => ({
  step,
  name: step.step.slice(step.step.lastIndexOf('.') + 1),
  within: [],
  turns: [],
})

/** Where a step is listed: at the top, within a call, or in one time of a loop. */
function listOf(nodes: ReadonlyMap<string, StepNode>, { step }: StepNode, top: StepNode[]): StepNode[] {
  const dot = step.step.lastIndexOf('.')
  if (dot < 0) return top
  const around = step.step.slice(0, dot)
  const [, key = around, index] = /^(.*)\[(\d+)\]$/.exec(around) ?? []
  const parent = nodes.get(key)
  if (!parent) return top
  return index === undefined ? parent.within : turnOf(parent, Number(index)).nodes
}

function turnOf({ turns }: StepNode, index: number): Turn {
  const present = turns.find((turn) => turn.index === index)
  if (present) return present
  const turn = { index, nodes: [], failed: false }
  turns.push(turn)
  return turn
}

const hasFailed = ({ step, within, turns }: StepNode): boolean =>
  step.status === 'failed' || within.some(hasFailed) || turns.some(({ nodes }) => nodes.some(hasFailed))

const SHOWN_AT_FIRST = 3

/** Of many times of a loop those that say most: the first, the last, and every one that failed. */
export function tellingTurns(turns: readonly Turn[]): Turn[] {
  return turns.filter(({ failed }, at) => failed || at < SHOWN_AT_FIRST || at === turns.length - 1)
}

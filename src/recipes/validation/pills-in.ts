import { expressionIn } from '../expressions/expression-text.ts'
import { below } from '../problem.ts'
import type { Conditions, Mapping, Step } from '../step.ts'
import { type BrokenPill, type Pill, parseTemplate } from '../template.ts'

/** A pill where it stands in a recipe, or one that cannot be read. */
export type PlacedPill = { path: string } & (
  | {
      kind: 'pill'
      pill: Pill
      /** Only asked whether it is there, so that it may be absent without a `?`. */
      asked: boolean
    }
  | { kind: 'expression'; source: string }
  | ({ kind: 'broken' } & BrokenPill)
)

/** The pills a step needs when it is reached; those of the steps within it are left out. */
export function pillsIn(step: Step, path: string): PlacedPill[] {
  const inMapping = (mapping: Mapping | undefined, key: string) => pillsInMapping(mapping ?? null, `${path}.${key}`)
  switch (step.kind) {
    case 'action':
      return inMapping(step.input, 'input')
    case 'reply':
      return [
        ...inMapping(step.text, 'text'),
        ...step.fields.flatMap(({ value }, index) => inMapping(value, `fields[${index}].value`)),
        ...inMapping(step.buttons as Mapping, 'buttons'),
        ...inMapping(step.menus as Mapping, 'menus'),
        ...inMapping(step.output, 'output'),
      ]
    case 'stop':
      return inMapping(step.message, 'message')
    case 'ask':
      return inMapping(step.text, 'text')
    case 'call':
      return inMapping(step.input, 'input')
    case 'for_each':
      return inMapping(step.items, 'items')
    case 'repeat':
    case 'handle_errors':
      return []
    case 'if':
      return [
        ...pillsInConditions(step.condition, `${path}.condition`),
        ...step.else_if.flatMap((branch, index) =>
          pillsInConditions(branch.condition, `${path}.else_if[${index}].condition`),
        ),
      ]
  }
}

/** The pills a step needs after the steps within it have run. */
export function pillsAfterwards(step: Step, path: string): PlacedPill[] {
  if (step.kind !== 'for_each' && step.kind !== 'repeat') return []
  const collected = pillsInMapping(step.collect ?? null, `${path}.collect`)
  return step.kind === 'repeat' ? [...pillsInConditions(step.while, `${path}.while`), ...collected] : collected
}

function pillsInConditions(conditions: Conditions, path: string): PlacedPill[] {
  const [key, list] = 'all' in conditions ? (['all', conditions.all] as const) : (['any', conditions.any] as const)
  return list.flatMap(({ left, is, right }, index) => {
    const at = `${path}.${key}[${index}]`
    const asked = is === 'present' || is === 'absent'
    return [...pillsInMapping(left, `${at}.left`, asked), ...pillsInMapping(right ?? null, `${at}.right`)]
  })
}

function pillsInMapping(mapping: Mapping, path: string, asked = false): PlacedPill[] {
  if (typeof mapping === 'string') return pillsInText(mapping, path, asked)
  if (typeof mapping !== 'object' || mapping === null) return []
  if (Array.isArray(mapping)) return mapping.flatMap((item, index) => pillsInMapping(item, below(path, index), asked))
  return Object.entries(mapping).flatMap(([key, item]) => pillsInMapping(item, below(path, key), asked))
}

function pillsInText(text: string, path: string, asked: boolean): PlacedPill[] {
  const source = expressionIn(text)
  if (source !== undefined) return [{ path, kind: 'expression', source }]
  const template = parseTemplate(text)
  if (template.kind === 'broken') return [{ path, ...template }]
  return template.parts.flatMap((pill) => (typeof pill === 'string' ? [] : [{ path, kind: 'pill', pill, asked }]))
}

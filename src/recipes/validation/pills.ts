import { below, type Problem } from '../problem.ts'
import type { RecipeDocument, Step } from '../recipe.ts'
import { JOB_FIELDS, PERSON_FIELDS } from '../scope.ts'
import { stepsInOrder } from '../steps.ts'
import type { Pill } from '../template.ts'
import { findAction } from './action-input.ts'
import { type Before, followSteps } from './flow.ts'
import { mayHavePath } from './output-paths.ts'
import { pillsIn } from './pills-in.ts'
import type { RecipeFacts } from './recipe-facts.ts'

/**
 * Pills that cannot be read or name what a job will not have when it comes to them, and steps it can never come to.
 * What a job may have or not (an optional parameter, an action in one branch of an if) must be written with a `?`.
 */
export function pillProblems(document: RecipeDocument, facts: RecipeFacts): Problem[] {
  const problems: Problem[] = []
  const known = {
    document,
    facts,
    steps: new Map(stepsInOrder(document).map(({ step }) => [step.name, step])),
  }
  followSteps(document.steps, {
    reached: (step, path, before) => problems.push(...stepProblems(step, path, before, known)),
    unreachable: (path) =>
      problems.push({ path, code: 'step_unreachable', message: 'Every way to this step stops before it.' }),
  })
  return problems
}

interface Known {
  document: RecipeDocument
  facts: RecipeFacts
  steps: ReadonlyMap<string, Step>
}

function stepProblems(step: Step, path: string, before: Before, known: Known): Problem[] {
  const problems = pillsIn(step, path).flatMap((placed): Problem[] => {
    if (placed.kind === 'broken') {
      return [{ path: placed.path, code: 'mapping_broken', message: `{{ ${placed.pill} }}: ${placed.reason}.` }]
    }
    const finding = judge(placed.pill, before, known)
    if (finding === undefined || (finding.code === 'pill_may_be_absent' && placed.asked)) return []
    return [{ path: placed.path, ...finding }]
  })
  return step.kind === 'if' ? [...conditionProblems(step, path), ...problems] : problems
}

type Finding = Omit<Problem, 'path'> | undefined

function judge(pill: Pill, before: Before, known: Known): Finding {
  switch (pill.root) {
    case 'trigger':
      return judgeTrigger(pill, known.document)
    case 'steps':
      return judgeStep(pill, before, known)
    case 'person':
      if (known.document.trigger.kind !== 'webhook') return judgeFields(pill, PERSON_FIELDS)
      return unknown(pill, 'a webhook has no person')
    case 'job':
      return judgeFields(pill, JOB_FIELDS)
  }
}

/** What a webhook sends is not known, so that anything may be asked of it. */
function judgeTrigger(pill: Pill, { trigger }: RecipeDocument): Finding {
  const [name, ...deeper] = pill.path
  if (trigger.kind === 'webhook' || name === undefined) return undefined
  const parameter = trigger.parameters.find((one) => one.name === name)
  if (parameter === undefined) return unknown(pill, `the trigger has no parameter "${name}"`)
  if (deeper.length > 0) return unknown(pill, `a ${parameter.type} has no parts`)
  return parameter.required || pill.optional ? undefined : mayBeAbsent(pill, 'the parameter is not required')
}

function judgeStep(pill: Pill, before: Before, { document, facts, steps }: Known): Finding {
  const [name, ...path] = pill.path
  const step = steps.get(String(name))
  if (step === undefined) return unknown(pill, `there is no step "${name}"`)
  if (step.kind !== 'action') return unknown(pill, `"${name}" is no action, so that it has no output`)
  if (!before.possible.has(step.name)) {
    return { code: 'pill_too_early', message: `{{ ${pill.text} }}: "${name}" has not run when this step is reached.` }
  }
  const action = findAction(step, document, facts)
  if (action !== undefined && !mayHavePath(action.output, path)) {
    return unknown(pill, `the output of "${action.label}" has no such part`)
  }
  return before.certain.has(step.name) || pill.optional ? undefined : mayBeAbsent(pill, `"${name}" may not have run`)
}

function judgeFields(pill: Pill, fields: readonly string[]): Finding {
  const [field, ...deeper] = pill.path
  if (field === undefined || (fields.includes(String(field)) && deeper.length === 0)) return undefined
  return unknown(pill, `${pill.root} has ${fields.join(', ')}`)
}

function unknown(pill: Pill, reason: string): Finding {
  return { code: 'pill_unknown', message: `{{ ${pill.text} }}: ${reason}.` }
}

function mayBeAbsent(pill: Pill, reason: string): Finding {
  return { code: 'pill_may_be_absent', message: `{{ ${pill.text} }}: ${reason}; write {{ ${pill.text}? }}.` }
}

/** A comparison without something to compare with. */
function conditionProblems(step: Extract<Step, { kind: 'if' }>, path: string): Problem[] {
  const all = [
    { condition: step.condition, at: below(path, 'condition') },
    ...step.else_if.map(({ condition }, index) => ({ condition, at: `${path}.else_if[${index}].condition` })),
  ]
  return all.flatMap(({ condition, at }) => {
    const [key, list] = 'all' in condition ? (['all', condition.all] as const) : (['any', condition.any] as const)
    return list.flatMap(({ is, right }, index) => {
      if (is === 'present' || is === 'absent' || right !== undefined) return []
      const message = `${is} needs a right side.`
      return [{ path: `${at}.${key}[${index}].right`, code: 'condition_incomplete', message }]
    })
  })
}

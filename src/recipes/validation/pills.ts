import { z } from 'zod'
import { hasPerson } from '../has-person.ts'
import type { JsonSchema } from '../json-schema.ts'
import { below, type Problem } from '../problem.ts'
import type { RecipeDocument } from '../recipe.ts'
import { ERROR_FIELDS, JOB_FIELDS, LOOP_FIELDS, PERSON_FIELDS, SCHEDULE_FIELDS } from '../scope.ts'
import type { AskStep, Conditions, Step } from '../step.ts'
import { LoopOutput, StartedOutput } from '../step-outputs.ts'
import { stepsInOrder } from '../steps.ts'
import type { Pill } from '../template.ts'
import { findAction } from './action-input.ts'
import { takesNoOther } from './call-input.ts'
import { expressionProblems } from './expressions.ts'
import { type Before, followSteps } from './flow.ts'
import { mayHavePath } from './output-paths.ts'
import { type PlacedPill, pillsAfterwards, pillsIn } from './pills-in.ts'
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
    reached: (step, path, before) => {
      problems.push(...conditionProblems(step, path), ...problemsOf(pillsIn(step, path), before, known))
      problems.push(...updateProblems(step, path, before, known))
    },
    leaving: (step, path, within) => problems.push(...problemsOf(pillsAfterwards(step, path), within, known)),
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

function problemsOf(pills: PlacedPill[], before: Before, known: Known): Problem[] {
  return pills.flatMap((placed): Problem[] => {
    if (placed.kind === 'broken') {
      return [{ path: placed.path, code: 'mapping_broken', message: `${placed.written}: ${placed.reason}.` }]
    }
    if (placed.kind === 'expression')
      return expressionProblems(placed, known.facts, (pill) => judge(pill, before, known))
    const finding = judge(placed.pill, before, known)
    if (finding === undefined || (finding.code === 'pill_may_be_absent' && placed.asked)) return []
    return [{ path: placed.path, ...finding }]
  })
}

type Finding = Omit<Problem, 'path'> | undefined

function judge(pill: Pill, before: Before, known: Known): Finding {
  switch (pill.root) {
    case 'trigger':
      return judgeTrigger(pill, known.document)
    case 'steps':
      return judgeStep(pill, before, known)
    case 'loops':
      return judgeLoop(pill, before)
    case 'error':
      return before.handlesError ? judgeFields(pill, ERROR_FIELDS) : unknown(pill, 'no error is handled here')
    case 'person':
      if (hasPerson(known.document.trigger)) return judgeFields(pill, PERSON_FIELDS)
      return unknown(pill, `a ${known.document.trigger.kind} has no person`)
    case 'job':
      return judgeFields(pill, JOB_FIELDS)
  }
}

/** What a webhook sends is not known, so that anything may be asked of it. */
function judgeTrigger(pill: Pill, { trigger }: RecipeDocument): Finding {
  const [name, ...deeper] = pill.path
  if (trigger.kind === 'webhook' || name === undefined) return undefined
  if (trigger.kind === 'schedule') return judgeFields(pill, SCHEDULE_FIELDS)
  if (trigger.kind === 'function' || trigger.kind === 'skill') return judgeInput(pill, trigger.input)
  const parameter = trigger.parameters.find((one) => one.name === name)
  if (parameter === undefined) return unknown(pill, `the trigger has no parameter "${name}"`)
  if (deeper.length > 0) return unknown(pill, `a ${parameter.type} has no parts`)
  return parameter.required || pill.optional ? undefined : mayBeAbsent(pill, 'the parameter is not required')
}

const NO_OUTPUT: ReadonlySet<Step['kind']> = new Set(['reply', 'stop', 'if', 'handle_errors'])

/** What a function or a skill is called with is described by its schema. */
function judgeInput(pill: Pill, schema: JsonSchema): Finding {
  const [name] = pill.path
  const properties = (schema.properties ?? {}) as Record<string, unknown>
  if (!Object.hasOwn(properties, String(name)))
    return takesNoOther(schema) ? unknown(pill, `the input has no “${name}”`) : undefined
  const required = Array.isArray(schema.required) && schema.required.includes(name)
  return required || pill.optional ? undefined : mayBeAbsent(pill, 'the input need not have it')
}

function judgeStep(pill: Pill, before: Before, known: Known): Finding {
  const [name, ...path] = pill.path
  const step = known.steps.get(String(name))
  if (step === undefined) return unknown(pill, `there is no step "${name}"`)
  if (NO_OUTPUT.has(step.kind)) return unknown(pill, `"${name}" has no output`)
  if (!before.possible.has(step.name)) {
    return { code: 'pill_too_early', message: `{{ ${pill.text} }}: "${name}" has not run when this step is reached.` }
  }
  const output = outputOf(step, known)
  if (output !== undefined && !mayHavePath(output, path))
    return unknown(pill, `the output of "${name}" has no such part`)
  if (pill.optional) return undefined
  if (!before.certain.has(step.name)) return mayBeAbsent(pill, `"${name}" may not have run`)
  return step.kind === 'ask' && mayLack(step, path) ? mayBeAbsent(pill, 'it need not be answered') : undefined
}

/** What a question yields when it is answered: the choice, or the fields of its form. */
function answerOf({ form }: AskStep): z.ZodType {
  const values = z.strictObject(Object.fromEntries((form ?? []).map(({ name }) => [name, z.any()])))
  return z.strictObject({ answered: z.boolean(), ...(form ? { values } : { choice: z.string() }) })
}

function mayLack({ form, on_timeout }: AskStep, [part, field]: Pill['path']): boolean {
  if (part === undefined || part === 'answered') return false
  return on_timeout === 'go_on' || (form ?? []).some(({ name, required }) => name === field && !required)
}

/** Undefined where it is not known what a step yields. */
function outputOf(step: Step, { document, facts }: Known): z.ZodType | undefined {
  switch (step.kind) {
    case 'action':
      return findAction(step, document, facts)?.output
    case 'for_each':
    case 'repeat':
      return LoopOutput
    case 'ask':
      return answerOf(step)
    case 'call':
      return step.wait ? undefined : StartedOutput
    default:
      return undefined
  }
}

function judgeLoop(pill: Pill, { loops }: Before): Finding {
  const [name, field, ...deeper] = pill.path
  const kind = loops.get(String(name))
  if (kind === undefined) return unknown(pill, `this step is not in a loop "${name}"`)
  if (field === undefined) return undefined
  if (kind === 'for_each' && field === 'item') return undefined
  if (field === 'index' && deeper.length === 0) return undefined
  return unknown(pill, kind === 'for_each' ? `a loop has ${LOOP_FIELDS.join(', ')}` : 'this loop has index')
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
function conditionProblems(step: Step, path: string): Problem[] {
  return conditionsOf(step, path).flatMap(({ condition, at }) => {
    const [key, list] = 'all' in condition ? (['all', condition.all] as const) : (['any', condition.any] as const)
    return list.flatMap(({ is, right }, index) => {
      if (is === 'present' || is === 'absent' || right !== undefined) return []
      const message = `${is} needs a right side.`
      return [{ path: `${at}.${key}[${index}].right`, code: 'condition_incomplete', message }]
    })
  })
}

function conditionsOf(step: Step, path: string): { condition: Conditions; at: string }[] {
  if (step.kind === 'repeat') return [{ condition: step.while, at: below(path, 'while') }]
  if (step.kind !== 'if') return []
  return [
    { condition: step.condition, at: below(path, 'condition') },
    ...step.else_if.map(({ condition }, index) => ({ condition, at: `${path}.else_if[${index}].condition` })),
  ]
}

/** A reply that takes the place of none, or of one that has not been sent when it is reached. */
function updateProblems(step: Step, path: string, { possible }: Before, { steps }: Known): Problem[] {
  if (step.kind !== 'reply' || step.updates === undefined) return []
  const one = (code: string, message: string) => [{ path: below(path, 'updates'), code, message }]
  if (steps.get(step.updates)?.kind !== 'reply') return one('reply_unknown', `There is no reply “${step.updates}”.`)
  if (possible.has(step.updates)) return []
  return one('reply_too_early', `“${step.updates}” has not been said when this step is reached.`)
}

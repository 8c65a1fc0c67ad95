import type { z } from 'zod'
import type { Action } from '#connectors/connector.ts'
import { below, type Problem } from '../problem.ts'
import { findConnection, type RecipeDocument } from '../recipe.ts'
import { schemaProblems } from '../schema-problems.ts'
import type { ActionStep, Mapping } from '../step.ts'
import { stepsInOrder } from '../steps.ts'
import { parseTemplate } from '../template.ts'
import type { RecipeFacts } from './recipe-facts.ts'

/**
 * What can be said of the actions' inputs before anything runs: literals that the action's schema refuses, required values
 * that are missing, keys it does not know. What a pill will hold is not known, so nothing is said of it but that text is no number.
 */
export function actionInputProblems(document: RecipeDocument, facts: RecipeFacts): Problem[] {
  return stepsInOrder(document).flatMap(({ step, path }) => {
    const action = step.kind === 'action' ? findAction(step, document, facts) : undefined
    return step.kind === 'action' && action !== undefined ? inputProblems(step.input, action, below(path, 'input')) : []
  })
}

/** The action a step names; undefined when there is none, which is a problem of its own. */
export function findAction(step: ActionStep, document: RecipeDocument, facts: RecipeFacts): Action | undefined {
  const entry = findConnection(document, step.connection)
  return entry ? facts.connectors.get(entry.connector)?.actions.find(({ name }) => name === step.action) : undefined
}

/** Of one step; whoever mends these is told the rest. */
const MOST_PROBLEMS = 100

function inputProblems(input: { [key: string]: Mapping }, action: Action, path: string): Problem[] {
  const dynamic: Dynamic[] = []
  const probe = probeOf(input, [], dynamic)
  const isExplained = explainedBy(dynamic)
  const issues = issuesOf(action.input, probe).filter((issue) => !isExplained(issue))
  return schemaProblems(issues.slice(0, MOST_PROBLEMS), 'input_refused', path).map((problem) =>
    problem.message === 'is missing'
      ? { ...problem, code: 'input_missing', message: 'The action needs this.' }
      : problem,
  )
}

/** A place whose value only a job knows. `whole`: one pill alone, of any type; otherwise text with pills in it. */
export interface Dynamic {
  path: PropertyKey[]
  whole: boolean
}

/** The mapping with its literals as they will be, and a text in the place of everything dynamic, which is noted. */
export function probeOf(mapping: Mapping, path: PropertyKey[], dynamic: Dynamic[]): unknown {
  if (typeof mapping === 'string') {
    const template = parseTemplate(mapping)
    const parts = template.kind === 'parsed' ? template.parts : [mapping]
    if (template.kind === 'parsed' && parts.every((part) => typeof part === 'string')) return parts.join('')
    // A broken pill is a problem of its own; here it is one more thing that is not known.
    dynamic.push({ path, whole: template.kind === 'broken' || parts.length === 1 })
    return 'text'
  }
  if (typeof mapping !== 'object' || mapping === null) return mapping
  if (Array.isArray(mapping)) return mapping.map((item, index) => probeOf(item, [...path, index], dynamic))
  return Object.fromEntries(Object.entries(mapping).map(([key, item]) => [key, probeOf(item, [...path, key], dynamic)]))
}

function issuesOf(schema: z.ZodType, probe: unknown): readonly z.core.$ZodIssue[] {
  try {
    return schema.safeParse(probe).error?.issues ?? []
  } catch {
    // why: a schema's own code (a transform, a check) met our stand-in text, which says nothing about the recipe.
    return []
  }
}

/** Whether an issue may be the fault of our stand-ins rather than of the recipe; in one look, however many stand-ins there are. */
function explainedBy(dynamic: readonly Dynamic[]): (issue: z.core.$ZodIssue) => boolean {
  const at = new Map(dynamic.map((each) => [JSON.stringify(each.path), each]))
  const around = new Set<string>()
  for (const { path } of dynamic)
    for (let length = path.length - 1; length >= 0; length--) {
      const outer = JSON.stringify(path.slice(0, length))
      if (around.has(outer)) break
      around.add(outer)
    }
  return ({ code, path }) => {
    const standIn = [...path, null].flatMap((_, length) => at.get(JSON.stringify(path.slice(0, length))) ?? [])[0]
    if (standIn) return standIn.whole || code !== 'invalid_type'
    // A check over several values, or a union that could not be told apart, with something unknown below it.
    return (code === 'custom' || code === 'invalid_union') && around.has(JSON.stringify(path))
  }
}

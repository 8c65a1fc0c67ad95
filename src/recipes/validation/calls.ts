import type { RecipeId } from '#core/ids.ts'
import { hasPerson } from '../has-person.ts'
import { below, type Problem } from '../problem.ts'
import { type CalledPart, callsIn, findTooDeep, MAX_CALLS_WITHIN, MAX_PROGRAM_STEPS, sizeOf } from '../program.ts'
import { findConnection, type RecipeDocument } from '../recipe.ts'
import type { CallStep } from '../step.ts'
import { stepsInOrder } from '../steps.ts'
import { callInputProblems } from './call-input.ts'
import { pillsAfterwards, pillsIn } from './pills-in.ts'
import type { RecipeFacts } from './recipe-facts.ts'

/** What is wrong with the functions a recipe calls, directly or through others, and with the connections it names for them. */
export function callProblems(document: RecipeDocument, facts: RecipeFacts): Problem[] {
  const circles = circleProblems(document, facts)
  // why: what follows walks every call of every function; that there are not too many of them is made sure of first.
  return circles.length > 0
    ? circles
    : stepsInOrder(document).flatMap(({ step, path }) =>
        step.kind === 'call' ? problemsOfCall({ step, path, document, facts }) : [],
      )
}

interface Call {
  step: CallStep
  path: string
  document: RecipeDocument
  facts: RecipeFacts
}

function problemsOfCall(call: Call): Problem[] {
  const { step, path, facts } = call
  const one = (code: string, message: string) => [{ path: below(path, 'recipe_id'), code, message }]
  if (step.recipe_id === null) return one('function_not_chosen', 'Choose the function it calls.')
  const called = facts.functions.get(step.recipe_id)
  if (!called)
    return one('function_missing', 'There is no such function in this project and environment: choose another.')
  return [
    ...stoppedProblems(called, call),
    ...callInputProblems(called, step, below(path, 'input')),
    ...personProblems(called, call),
  ]
}

/** Functions that come to call themselves or one another in a circle, too deep, or too often. */
function circleProblems(document: RecipeDocument, facts: RecipeFacts): Problem[] {
  const one = (path: string, code: string, message: string) => [{ path, code, message }]
  for (const { step, path } of stepsInOrder(document)) {
    if (step.kind !== 'call') continue
    const circle = findCircle(step.recipe_id ?? '', facts)
    if (!circle) continue
    const message = `It comes to call itself: ${circle.join(' calls ')}. Take one of the calls out, or use a loop.`
    return one(below(path, 'recipe_id'), 'calls_itself', message)
  }
  const main = { id: facts.recipeId as RecipeId, name: document.name, version: 0, document }
  if (sizeOf({ main, functions: facts.functions }) > MAX_PROGRAM_STEPS) {
    const message = `With the steps of its functions, each time they are called, it has more than ${MAX_PROGRAM_STEPS}.`
    return one('steps', 'program_too_large', message)
  }
  const chain = findTooDeep({ main, functions: facts.functions })?.map((name) => `“${name}”`)
  if (!chain) return []
  const message = `Functions call one another more than ${MAX_CALLS_WITHIN} deep: this recipe calls ${chain.join(' calls ')}. Let one of them do what the next does.`
  return one('steps', 'calls_too_deep', message)
}

/** The names of functions that call one another in a circle, or come back to the recipe itself; each function is looked at once. */
function findCircle(id: string, facts: RecipeFacts): string[] | undefined {
  const seen = new Set<string>()
  const look = (at: string, above: readonly string[]): string[] | undefined => {
    if (at === facts.recipeId || above.includes(at)) return [...above.slice(Math.max(above.indexOf(at), 0)), at]
    if (seen.has(at)) return undefined
    seen.add(at)
    const part = facts.functions.get(at)
    for (const { recipe_id } of part ? callsIn(part.document) : []) {
      const circle = look(recipe_id, [...above, at])
      if (circle) return circle
    }
    return undefined
  }
  return look(id, [])?.map((each) => {
    const part = facts.functions.get(each)
    return part ? `“${part.name}”` : 'this recipe'
  })
}

function stoppedProblems(called: CalledPart, { path }: Call): Problem[] {
  if (called.isStarted) return []
  const message = `“${called.name}” is stopped: start it first.`
  return [{ path: below(path, 'recipe_id'), code: 'function_stopped', message }]
}

/** Who it runs as: a trigger without a person must say whose connections a function uses that has the switch on, and any other must not. */
function personProblems(called: CalledPart, call: Call): Problem[] {
  const { step, path, document, facts } = call
  const named = Object.entries(step.connection_overrides)
  const at = below(path, 'connection_overrides')
  // why: who runs a function is known where it is called.
  if (document.trigger.kind === 'function')
    return named.flatMap(([alias, id]) => overrideProblems(called, call, { alias, id }))
  if (!hasPerson(document.trigger))
    return [
      ...named.flatMap(([alias, id]) => overrideProblems(called, call, { alias, id })),
      ...answerProblems(call, { isNamed: named.length > 0, within: overridesWithin(called, facts) }),
      ...unnamedOf(called, step, facts).map((message) => ({ path: at, code: 'override_needed', message })),
      ...withoutPerson(called, facts).map((problem) => ({ path: below(path, 'recipe_id'), ...problem })),
    ]
  if (named.length === 0 && !overridesWithin(called, facts)) return []
  const message = 'It runs as the person who runs it, so that no connection of somebody else can be named.'
  return [{ path: at, code: 'overrides_need_no_person', message }]
}

/** What is read with a connection that was delegated is for its person, not for whoever calls a webhook. */
function answerProblems(
  { step, path, document }: Call,
  { isNamed, within }: { isNamed: boolean; within: boolean },
): Problem[] {
  const problems: Problem[] = []
  if (isNamed && !step.wait)
    problems.push({
      path: below(path, 'connection_overrides'),
      code: 'override_needs_wait',
      message: 'Connections are named only for a function that is waited for.',
    })
  if ((isNamed || within) && document.trigger.kind === 'webhook' && document.trigger.respond === 'when_done') {
    const message = 'A recipe that uses a delegated connection is for its person alone: let the webhook answer at once.'
    problems.push({ path: 'trigger.respond', code: 'override_needs_private_answer', message })
  }
  return problems
}

/** What stands in the way of each connection that would be used as a person, and has none. */
function unnamedOf(part: CalledPart, { wait, connection_overrides }: CallStep, facts: RecipeFacts): string[] {
  const used = new Set(
    stepsInOrder(part.document).flatMap(({ step }) => (step.kind === 'action' ? [step.connection] : [])),
  )
  const own = [...used]
    .filter((alias) => findConnection(part.document, alias)?.personal)
    .filter((alias) => !wait || !Object.hasOwn(connection_overrides, alias))
    .map(
      (alias) =>
        `“${part.name}” uses “${alias}” as the person who runs it, and here nobody does: name a runtime user connection that its person has delegated.`,
    )
  return [...own, ...calledBy(part, facts).flatMap(({ call, called }) => unnamedOf(called, call, facts))]
}

/** What a function, or one it calls, wants of whoever runs it, where nobody does. */
function withoutPerson(part: CalledPart, facts: RecipeFacts): Omit<Problem, 'path'>[] {
  const own = stepsInOrder(part.document).flatMap(({ step, path }): Omit<Problem, 'path'>[] => {
    if (step.kind === 'ask') {
      const message = `“${part.name}” asks the person who runs it, and here nobody does.`
      return [{ code: 'ask_needs_person', message }]
    }
    return [...pillsIn(step, path), ...pillsAfterwards(step, path)].flatMap((placed) => {
      if (placed.kind !== 'pill' || placed.asked) return []
      const { root, path: fields, optional, text } = placed.pill
      if (root !== 'person' || fields.length === 0 || optional) return []
      const message = `“${part.name}” says {{ ${text} }}, and here nobody runs it: write {{ ${text}? }} there.`
      return [{ code: 'pill_may_be_absent', message }]
    })
  })
  return [...own, ...calledBy(part, facts).flatMap(({ called }) => withoutPerson(called, facts))]
}

/** The calls of a function, with what each calls; those of what is missing are left out. */
function calledBy(part: CalledPart, facts: RecipeFacts) {
  return callsIn(part.document).flatMap((call) => {
    const called = facts.functions.get(call.recipe_id)
    return called ? [{ call, called }] : []
  })
}

function overridesWithin(part: CalledPart, facts: RecipeFacts): boolean {
  return callsIn(part.document).some((call) => {
    const called = facts.functions.get(call.recipe_id)
    return Object.keys(call.connection_overrides).length > 0 || (called ? overridesWithin(called, facts) : false)
  })
}

function overrideProblems(
  called: CalledPart,
  { path, facts }: Call,
  { alias, id }: { alias: string; id: string },
): Problem[] {
  const one = (code: string, message: string) => [
    { path: below(below(path, 'connection_overrides'), alias), code, message },
  ]
  const used = findConnection(called.document, alias)
  if (!used?.personal)
    return one('override_unknown', `“${called.name}” has no connection “${alias}” with the switch on.`)
  const named = facts.overrides.get(id)
  if (!named) return one('override_missing', 'There is no such connection: name another.')
  if (named.parentId === null)
    return one(
      'override_is_parent',
      `“${called.name}” runs as a person here, and this is the parent connection. Name a runtime user connection, which its person has delegated to this recipe.`,
    )
  if (named.parentId !== used.connection_id)
    return one('override_of_another_connection', `It belongs to another connection than “${called.name}” uses.`)
  const first = [...facts.overrides.values()].find(({ personId }) => personId !== null)
  if (first && first.personId !== named.personId)
    return one('overrides_of_two_persons', 'One job uses the delegated connections of one person only.')
  return []
}

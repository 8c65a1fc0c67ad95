import { findCronProblem, isTimeZone } from '../cron.ts'
import { schemaProblems } from '../json-schema.ts'
import { below, type Problem } from '../problem.ts'
import type { RecipeDocument } from '../recipe.ts'
import type { Parameter } from '../step.ts'
import type { RecipeFacts } from './recipe-facts.ts'

/** What the chat understands by itself, on every surface. */
const RESERVED_COMMANDS: ReadonlySet<string> = new Set([
  'help',
  'connections',
  'personal connections',
  'cancel',
  'code',
  'not me',
])

/**
 * What is wrong with the trigger: a command that is taken or the chat's own, a parameter that cannot be asked for, a schema that cannot be
 * used, a schedule that is never due.
 */
export function triggerProblems({ trigger }: RecipeDocument, facts: RecipeFacts): Problem[] {
  if (trigger.kind === 'webhook') return []
  if (trigger.kind === 'schedule') return scheduleProblems(trigger)
  if (trigger.kind === 'function' || trigger.kind === 'skill')
    return [...schemaProblems(trigger.input, 'trigger.input'), ...schemaProblems(trigger.output, 'trigger.output')]
  const parameters = parameterProblems(trigger.parameters)
  return trigger.kind === 'command' ? [...commandProblems(trigger.command, facts), ...parameters] : parameters
}

function scheduleProblems({ cron, time_zone }: { cron: string; time_zone: string }): Problem[] {
  const problems: Problem[] = []
  const wrong = findCronProblem(cron)
  if (wrong !== undefined)
    problems.push({
      path: 'trigger.cron',
      code: 'cron_invalid',
      message: `It cannot be said when this is due: ${wrong}.`,
    })
  if (!isTimeZone(time_zone)) {
    const message = 'There is no such time zone: give its IANA name, as Europe/Berlin or UTC.'
    problems.push({ path: 'trigger.time_zone', code: 'time_zone_unknown', message })
  }
  return problems
}

function commandProblems(command: string, facts: RecipeFacts): Problem[] {
  if (RESERVED_COMMANDS.has(command) || command.startsWith('code ')) {
    return [
      { path: 'trigger.command', code: 'command_reserved', message: `"${command}" is Behalf's own: choose another.` },
    ]
  }
  return facts.takenCommands.has(command) ? [commandTaken(command)] : []
}

/** Also what a start answers that lost a race for its command. */
export function commandTaken(command: string): Problem {
  const message = `Another started recipe has the command "${command}": choose another, or stop that recipe.`
  return { path: 'trigger.command', code: 'command_taken', message }
}

/** What is wrong with fields that a person is asked for, `at` being where they stand. */
export function parameterProblems(parameters: readonly Parameter[], at = 'trigger.parameters'): Problem[] {
  const names = new Set<string>()
  return parameters.flatMap(({ name, type, choices }, index) => {
    const path = below(at, index)
    const problems: Problem[] = []
    if (names.has(name)) {
      const message = `Another parameter has the name "${name}" already.`
      problems.push({ path: below(path, 'name'), code: 'parameter_name_taken', message })
    }
    names.add(name)
    if ((type === 'choice') !== (choices !== undefined)) {
      const message = type === 'choice' ? 'List what can be chosen.' : 'Only a parameter of type choice has choices.'
      problems.push({ path: below(path, 'choices'), code: 'parameter_choices', message })
    }
    if (choices !== undefined && new Set(choices).size < choices.length) {
      problems.push({ path: below(path, 'choices'), code: 'parameter_choices', message: 'List each choice once.' })
    }
    return problems
  })
}

import { type CommandRun, commandsRun } from '../commands-run.ts'
import { below, type Problem } from '../problem.ts'
import { readParameter } from '../read-input.ts'
import type { RecipeDocument } from '../recipe.ts'
import type { Mapping, Parameter } from '../step.ts'
import { type Dynamic, probeOf } from './action-input.ts'
import type { RecipeFacts } from './recipe-facts.ts'

/**
 * Buttons and menus that run a command no recipe has, or give it what it does not take. A command of a stopped recipe may be run by a
 * button, so that two recipes can name each other.
 */
export function buttonProblems(document: RecipeDocument, facts: RecipeFacts): Problem[] {
  const { trigger } = document
  return commandsRun(document).flatMap((run) => {
    const isOwn = trigger.kind === 'command' && trigger.command === run.command
    const takes = isOwn ? [trigger.parameters] : (facts.commands.get(run.command) ?? [])
    if (takes.length > 0) return inputProblems(run, takes)
    const message = `No recipe has the command “${run.command}”: name one that has, or make it first.`
    return [{ path: below(run.path, 'command'), code: 'command_unknown', message }]
  })
}

/** Of several stopped recipes with the command, what one of them takes is right. */
function inputProblems(
  { command, input, chosen, path }: CommandRun,
  takes: readonly (readonly Parameter[])[],
): Problem[] {
  const find = (name: string) => takes.flatMap((parameters) => parameters.filter((each) => each.name === name))
  const unknown = (name: string, at: string) => ({
    path: at,
    code: 'command_input_unknown',
    message: `“${command}” takes no ${name}.`,
  })
  const given = Object.entries(input).flatMap(([name, mapping]) => {
    const at = below(below(path, 'input'), name)
    const parameters = find(name)
    if (parameters.length === 0) return [unknown(name, at)]
    const problems = parameters.map((parameter) => problemOf(parameter, mapping))
    const [problem] = problems
    if (!problem || problems.includes(undefined)) return []
    return [{ path: at, code: 'command_input_invalid', message: `“${command}”: ${name} ${problem}.` }]
  })
  const noneChosen = chosen !== null && find(chosen).length === 0
  return noneChosen ? [...given, unknown(chosen, below(path, 'parameter'))] : given
}

/** What is wrong with a constant; of what only a job knows nothing is said. What is left empty is asked for. */
function problemOf(parameter: Parameter, mapping: Mapping): string | undefined {
  const dynamic: Dynamic[] = []
  const value = probeOf(mapping, [], dynamic)
  if (dynamic.length > 0) return undefined
  const read = readParameter({ ...parameter, required: false }, value)
  return 'problem' in read ? read.problem : undefined
}

import { below } from './problem.ts'
import type { RecipeDocument } from './recipe.ts'
import type { Mapping, ReplyStep } from './step.ts'
import { stepsInOrder } from './steps.ts'

/** A command that a reply's button, or a choice of its menus, runs. */
export interface CommandRun {
  command: string
  /** What it is given. */
  input: Record<string, Mapping>
  /** The parameter that what is chosen from a list is given as. */
  chosen: string | null
  /** Where it stands. */
  path: string
}

/** The commands that buttons and menus of a recipe's replies run, in the order they are written. */
export function commandsRun(document: Pick<RecipeDocument, 'steps'>): CommandRun[] {
  return stepsInOrder(document).flatMap(({ step, path }) => (step.kind === 'reply' ? commandsOf(step, path) : []))
}

function commandsOf({ buttons = [], menus = [] }: ReplyStep, path: string): CommandRun[] {
  const inButtons = buttons.map((button, index) => ({ ...button, chosen: null, path: at(path, 'buttons', index) }))
  const inMenus = menus.flatMap(({ command, input, parameter, options }, index) => {
    const menu = at(path, 'menus', index)
    if (command !== undefined) return [{ command, input, chosen: parameter ?? null, path: menu }]
    return (options ?? []).map((option, place) => ({ ...option, chosen: null, path: at(menu, 'options', place) }))
  })
  return [...inButtons, ...inMenus]
}

const at = (path: string, list: string, index: number): string => below(below(path, list), index)

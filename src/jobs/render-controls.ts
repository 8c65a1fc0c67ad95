import { UserError } from '#core/errors.ts'
import type { RecipeId } from '#core/ids.ts'
import { evaluateMapping } from '#recipes/expressions/evaluate-mapping.ts'
import { findCommandIds } from '#recipes/runnable-recipes.ts'
import type { Json } from '#recipes/scope.ts'
import type { Mapping, Pressable, ReplyMenu, ReplyStep } from '#recipes/step.ts'
import type { Message, MessageButton, MessageMenu, Press } from '#surfaces/surface.ts'
import { asText } from './as-text.ts'
import type { JobsContext } from './context.ts'
import { type Frame, placeOf } from './run.ts'

const MOST_CHOICES = 100
/** Each of these is what the narrowest surface takes. */
const LONGEST_PRESS = 2000
const LONGEST_LABEL = 75
const LONGEST_CONFIRM = 300

type Recipes = ReadonlyMap<string, RecipeId>

/**
 * The buttons and menus of a reply, filled in. Each runs the recipe that has its command now; where none has, pressing says the command,
 * and is told why it cannot be run. Throws `menu_choices_invalid`, and `button_too_large` for more than a message can carry.
 */
export async function renderControls(
  ctx: JobsContext,
  frame: Frame,
  step: ReplyStep,
): Promise<Pick<Message, 'buttons' | 'menus'>> {
  const { buttons = [], menus = [] } = step
  if (buttons.length + menus.length === 0) return {}
  const recipes = await findCommandIds(ctx.db, frame.run.job.workspaceId, [...buttons, ...menus].flatMap(commandsOf))
  const fill = async <T>(part: 'buttons' | 'menus', mappings: T): Promise<T> =>
    (await evaluateMapping(ctx, mappings as Mapping, placeOf(frame, step, part))) as T
  return {
    buttons: (await fill('buttons', buttons)).map((each) => buttonOf(each, recipes)),
    menus: (await fill('menus', menus))
      .map((each) => menuOf(each, recipes))
      .filter(({ options }) => options.length > 0),
  }
}

const commandsOf = ({ command, options = [] }: Partial<Pressable> & Pick<ReplyMenu, 'options'>): string[] => [
  ...(command === undefined ? [] : [command]),
  ...options.map((option) => option.command),
]

function buttonOf(button: NonNullable<ReplyStep['buttons']>[number], recipes: Recipes): MessageButton {
  const { style, confirm } = button
  const asked = confirm === undefined ? '' : cut(asText(confirm), LONGEST_CONFIRM)
  return { ...optionOf(button, recipes), style, confirm: asked || null }
}

function menuOf(menu: ReplyMenu, recipes: Recipes): MessageMenu {
  const label = cut(asText(menu.label), LONGEST_LABEL) || 'Choose'
  const { options, command = '', parameter = '', input } = menu
  if (options) return { label, options: options.map((option) => optionOf(option, recipes)) }
  const choices = readChoices(label, menu.choices ?? null)
  return {
    label,
    options: choices.map((choice) =>
      optionOf({ label: choice.label, command, input: { ...input, [parameter]: choice.value } }, recipes),
    ),
  }
}

/** Labels are filled in like everything else, and may have come to be anything. */
function optionOf({ label, command, input }: Pressable, recipes: Recipes): { label: string; press: Press } {
  const recipe = recipes.get(command)
  const given = Object.fromEntries(
    Object.entries(input)
      .map(([name, value]) => [name, asText(value)])
      .filter(([, text]) => text !== ''),
  )
  const press: Press = recipe ? { do: 'run', recipe, given } : { do: 'say', text: command }
  const shown = cut(asText(label), LONGEST_LABEL) || command
  if (JSON.stringify(press).length <= LONGEST_PRESS) return { label: shown, press }
  const message = `“${shown}” would carry more than ${LONGEST_PRESS.toLocaleString('en')} characters: give the command an id, and let it look up the rest.`
  throw new UserError('button_too_large', message)
}

function readChoices(menu: string, choices: Json): { label: string; value: Json }[] {
  const wrong = (why: string) => new UserError('menu_choices_invalid', `What “${menu}” offers ${why}.`)
  if (!Array.isArray(choices)) throw wrong('is not a list')
  if (choices.length > MOST_CHOICES)
    throw wrong(`are ${choices.length} choices, of ${MOST_CHOICES} that can be: map fewer`)
  return choices.map((choice) => {
    if (choice === null || Array.isArray(choice)) throw wrong('holds something else than texts or { label, value }')
    if (typeof choice !== 'object') return { label: asText(choice), value: choice }
    const { label = null, value = null } = choice
    if (label === null || value === null) throw wrong('holds something else than texts or { label, value }')
    return { label: asText(label), value }
  })
}

const cut = (text: string, most: number): string =>
  text.length <= most
    ? text
    : `${[...text]
        .slice(0, most - 1)
        .join('')
        .trimEnd()}…`

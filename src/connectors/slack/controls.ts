import { z } from 'zod'
import { commandText } from '#core/command-text.ts'
import { Text } from './messages.ts'

// https://docs.slack.dev/reference/block-kit/block-elements/button-element, …/select-menu-element, …/composition-objects/option-object
const MOST_OF = { label: 75, menuLabel: 150, confirm: 300, buttonValue: 2000, optionValue: 150, sectionText: 3000 }

const label = (most: number) =>
  z.string().trim().min(1).max(most, `is longer than the ${most} characters that Slack shows`)

const PRESSABLE = {
  label: label(MOST_OF.label),
  command: z
    .string()
    .trim()
    .regex(/^\S+( \S+){0,2}$/, 'the command of a recipe, such as close deal')
    .max(60)
    .meta({ description: 'Of a recipe of Behalf. It runs as whoever presses, within their rights.' }),
  input: z
    .record(z.string().regex(/^[a-z]\w{0,59}$/), z.union([z.string(), z.number(), z.boolean(), z.null()]))
    .default({})
    .meta({ description: 'What the command is given, by its parameters; what it lacks is asked for.' }),
}
type Pressable = Pick<z.output<z.ZodObject<typeof PRESSABLE>>, 'label' | 'command' | 'input'>

const carriesAtMost = (most: number) => (pressable: Pressable, context: z.RefinementCtx) => {
  if (pressValue(pressable).length <= most) return
  const message = `is more than the ${most} characters that Slack lets it carry: give the command an id`
  context.addIssue({ code: 'custom', path: ['input'], message })
}

const Button = z
  .strictObject({
    ...PRESSABLE,
    style: z.enum(['plain', 'primary', 'danger']).default('plain'),
    confirm: label(MOST_OF.confirm).optional().meta({ description: 'What is asked before it counts.' }),
  })
  .superRefine(carriesAtMost(MOST_OF.buttonValue))

const Menu = z.strictObject({
  label: label(MOST_OF.menuLabel),
  options: z
    .array(z.strictObject(PRESSABLE).superRefine(carriesAtMost(MOST_OF.optionValue)))
    .min(1)
    .max(100),
})

/** What a message says, and offers to press. */
export const SAID = {
  text: Text,
  buttons: z
    .array(Button)
    .max(25)
    .default([])
    .meta({ title: 'Buttons', description: 'Each runs a command of Behalf.' }),
  menus: z
    .array(Menu)
    .max(5)
    .default([])
    .meta({ title: 'Menus', description: 'Lists of which one is chosen and run.' }),
}
type Said = z.output<z.ZodObject<typeof SAID>>

/** Refuses a text that Slack shows only where nothing is to be pressed. */
export function refuseTooLong({ text, buttons, menus }: Said, context: z.RefinementCtx): void {
  if (buttons.length + menus.length === 0 || text.length <= MOST_OF.sectionText) return
  const message = `is longer than the ${MOST_OF.sectionText} characters that Slack shows with buttons or menus`
  context.addIssue({ code: 'custom', path: ['text'], message })
}

/**
 * The blocks of a message that offers something to press, as JSON; undefined for one of text alone. Slack tells the app whose client the
 * connection has of each press, and what it carries.
 */
export function blocksOf({ text, buttons, menus }: Said): string | undefined {
  const elements = [...buttons.map(buttonOf), ...menus.map(menuOf)].map((element, index) => ({
    ...element,
    action_id: `press:${index}`,
  }))
  if (elements.length === 0) return undefined
  return JSON.stringify([{ type: 'section', text: { type: 'mrkdwn', text } }, ...rows(elements)])
}

const MOST_IN_A_ROW = 25
function rows(elements: object[]): object[] {
  const [first, rest] = [elements.slice(0, MOST_IN_A_ROW), elements.slice(MOST_IN_A_ROW)]
  return [{ type: 'actions', elements: first }, ...(rest.length > 0 ? rows(rest) : [])]
}

function buttonOf({ style, confirm, ...pressable }: z.output<typeof Button>): object {
  return {
    type: 'button',
    text: plain(pressable.label),
    value: pressValue(pressable),
    ...(style !== 'plain' && { style }),
    ...(confirm !== undefined && {
      confirm: {
        title: plain('Are you sure?'),
        text: plain(confirm),
        confirm: plain(pressable.label.slice(0, 30)),
        deny: plain('Cancel'),
      },
    }),
  }
}

function menuOf({ label, options }: z.output<typeof Menu>): object {
  return {
    type: 'static_select',
    placeholder: plain(label),
    options: options.map((option) => ({ text: plain(option.label), value: pressValue(option) })),
  }
}

const plain = (text: string) => ({ type: 'plain_text', text, emoji: false })

/** What Behalf takes a press for: the command, said by whoever presses. */
function pressValue({ command, input }: Pressable): string {
  const given = Object.entries(input).map(([name, value]) => [name, value === null ? '' : String(value)])
  return JSON.stringify({ do: 'say', text: commandText(command, Object.fromEntries(given)) })
}

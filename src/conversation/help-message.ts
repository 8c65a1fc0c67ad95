import type { Parameter, RunnableCommand } from '#commands/chat/find-commands.ts'
import type { Message, MessageButton } from '#surfaces/surface.ts'
import { plainMessage } from './plain-message.ts'

const PERSONAL_ACCOUNTS: MessageButton = {
  label: 'Personal accounts',
  style: 'plain',
  press: { do: 'say', text: 'connections' },
  confirm: null,
}

/**
 * What this person may run, and how, by the applications it works with; or, `about` something in their words, what that command takes, else
 * the commands that have to do with it. Hidden commands are told only to who names one.
 */
export function helpMessage(commands: readonly RunnableCommand[], about: string | null): Message {
  const named = commands.find(({ command }) => command === about)
  if (named) return commandHelp(named)
  const shown = commands.filter(({ hidden }) => !hidden)
  const found = about === null ? shown : shown.filter((each) => hasToDoWith(each, about))
  return {
    ...plainMessage(heading(shown.length, found.length, about)),
    fields: groups(found),
    buttons: [PERSONAL_ACCOUNTS],
  }
}

function heading(shown: number, found: number, about: string | null): string {
  if (shown === 0)
    return 'Nothing is shared with you yet. When somebody shares a recipe, its command appears here. “connections” lists your own accounts.'
  if (about !== null)
    return found === 0
      ? `Nothing that you can run has to do with “${about}”. Say “help” to see all.`
      : `With “${about}”:`
  return 'You can run these. Type the command alone and I ask for the rest, or give it at once, as in “command name: value”; “help command” says more of one. “connections” lists your own accounts.'
}

const hasToDoWith = ({ command, description, applications }: RunnableCommand, about: string): boolean =>
  [command, description, ...applications].some((words) => words.toLowerCase().includes(about))

/** A field for each application, or several that go together; last what works with none. */
function groups(commands: readonly RunnableCommand[]): Message['fields'] {
  const byApplications = new Map<string, string[]>()
  for (const each of commands) {
    const name = new Intl.ListFormat('en').format(each.applications)
    byApplications.set(name, [...(byApplications.get(name) ?? []), lineOf(each)])
  }
  return [...byApplications]
    .sort(([a], [b]) => (a === '' || (b !== '' && a > b) ? 1 : -1))
    .map(([name, lines]) => ({ name: name || 'Without an application', value: lines.join('\n') }))
}

function lineOf({ command, description, parameters }: RunnableCommand): string {
  const names = parameters.map(({ name, required }) => (required ? name : `${name} (optional)`))
  const needs = names.length > 0 ? `Needs ${names.join(', ')}.` : ''
  const said = [description, needs].filter(Boolean).join(' ')
  return said === '' ? command : `${command}: ${said}`
}

function commandHelp({ command, recipeName, description, parameters }: RunnableCommand): Message {
  const example = parameters.filter(({ required }) => required).map(({ name }) => `${name}: …`)
  return {
    ...plainMessage(`${description || recipeName}\nType “${[command, ...example].join(' ')}”.`),
    fields: parameters.map((parameter) => ({ name: parameter.name, value: takes(parameter) })),
  }
}

const TYPES = { text: 'text', number: 'a number', boolean: 'yes or no', choice: 'one of' }

function takes({ label, type, hint, required, choices = [] }: Parameter): string {
  const values = type === 'choice' ? `${TYPES.choice} ${choices.join(', ')}` : TYPES[type]
  return [label, hint, required ? values : `${values}, optional`].filter(Boolean).join(' · ')
}

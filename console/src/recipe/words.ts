import type { CommandRun, ReplyMenu } from './document.ts'

const IS: Record<string, string> = {
  equal_to: 'is',
  not_equal_to: 'is not',
  greater_than: 'is greater than',
  less_than: 'is less than',
  containing: 'contains',
  starting_with: 'begins with',
  present: 'is present',
  absent: 'is absent',
}

/** A comparison as one says it: `greater_than` is "is greater than". */
export function comparisonWords(is: string): string {
  return IS[is] ?? is
}

/** A step's name for reading: `create_opportunity` is "Create opportunity". */
export function stepTitle(name: string): string {
  const words = name.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** A reply's button for reading: what it is called, and what it runs. */
export const buttonWords = ({ label, command }: CommandRun): [label: string, runs: string] => [
  `Button ${label}`,
  `runs “${command}”`,
]

/** The same of a menu. */
export function menuWords(menu: ReplyMenu): [label: string, runs: string] {
  const label = `Menu ${menu.label}`
  if ('options' in menu)
    return [label, menu.options.map(({ label, command }) => `${label} runs “${command}”`).join(', ')]
  return [label, `runs “${menu.command}” with the ${menu.parameter} that is chosen`]
}

const TRIGGERS: Record<string, string> = {
  api: 'API',
  webhook: 'Webhook',
  schedule: 'Schedule',
  form: 'Form',
  skill: 'Skill',
  function: 'Function',
}

/** What sets a recipe off, in a few words. */
export function triggerWords({ kind, command }: { kind: string; command?: string | null }): string {
  return kind === 'command' ? `Command “${command ?? ''}”` : (TRIGGERS[kind] ?? kind)
}

/** Whether it is set off without a person: then no switch can be on, and it is shared with nobody. */
export function runsAsNobody(kind: string): boolean {
  return kind === 'webhook' || kind === 'schedule'
}

/** A template's pieces: plain text, and the pills in it (`{{ steps.create.id }}`) without their braces. */
export function templatePieces(template: string): { kind: 'text' | 'pill'; text: string }[] {
  return template
    .split(/(\{\{.*?\}\})/s)
    .filter((piece) => piece !== '')
    .map((piece) =>
      piece.startsWith('{{') && piece.endsWith('}}')
        ? { kind: 'pill', text: piece.slice(2, -2).trim() }
        : { kind: 'text', text: piece },
    )
}

/** Every value of an input by where it stands: `{ fields: { Name: 'x' } }` is `['fields.Name', 'x']`. Lists and empty objects stay whole. */
export function leaves(input: Record<string, unknown>, above = ''): [path: string, value: unknown][] {
  return Object.entries(input).flatMap(([name, value]): [string, unknown][] => {
    const path = above + name
    const nested = typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
    return nested ? leaves(value as Record<string, unknown>, `${path}.`) : [[path, value]]
  })
}

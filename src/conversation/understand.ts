import type { Parameter, RunnableCommand } from '#commands/chat/find-commands.ts'
import { readQuoted } from '#core/command-text.ts'

/** What a person meant by a line. */
export type Understood =
  /** `about` is what help is wanted with, in their words. */
  | { kind: 'help'; about: string | null }
  | { kind: 'connections' }
  | { kind: 'cancel' }
  | { kind: 'command'; command: RunnableCommand; given: Record<string, string> }
  /** `similar` is the nearest command, when one is near. */
  | { kind: 'unknown'; similar: string | null }

const WORDS: Record<string, 'connections' | 'cancel'> = {
  connections: 'connections',
  personal_connections: 'connections',
  'personal connections': 'connections',
  cancel: 'cancel',
}

/**
 * Understands one line: the built-in words, or a command of one to three words with `name: value` arguments behind it. The longest
 * command that fits wins; case and spacing do not count in the command and in names, and are kept in values. A slash before it does not
 * count, nor does a word with a slash or an @ before it.
 */
export function understand(text: string, commands: readonly RunnableCommand[]): Understood {
  const line = text.trim()
  const isCalled = /^[/@]\S/.test(line)
  const first = read(isCalled ? line.slice(1) : line, commands)
  if (first.kind !== 'unknown' || !isCalled) return first
  const second = read(line.replace(/^\S+\s*/, ''), commands)
  return second.kind === 'unknown' && second.similar === null ? first : second
}

function read(line: string, commands: readonly RunnableCommand[]): Understood {
  const plain = normalize(line)
  const word = Object.hasOwn(WORDS, plain) ? WORDS[plain] : undefined
  if (word) return { kind: word }
  const command = longestMatch(line, commands)
  if (command) return { kind: 'command', command, given: readArguments(restAfter(line, command.command), command) }
  if (plain === 'help' || plain.startsWith('help ')) return { kind: 'help', about: plain.slice(5) || null }
  const shown = commands.filter(({ hidden }) => !hidden).map((each) => each.command)
  return { kind: 'unknown', similar: nearest(plain, [...shown, 'help', 'connections']) }
}

/** Whether a line may as well be a text that was asked for: “help me with it”. */
export const mayBeValue = (understood: Understood): boolean =>
  understood.kind === 'unknown' || (understood.kind === 'help' && understood.about !== null)

const normalize = (text: string): string => text.toLowerCase().split(/\s+/).filter(Boolean).join(' ')

/** The longest command that a line begins with, in whatever case and spacing. */
export function longestMatch<C extends { command: string }>(line: string, commands: readonly C[]): C | undefined {
  const plain = normalize(line)
  return commands
    .filter(({ command }) => plain === command || plain.startsWith(`${command} `))
    .sort((a, b) => b.command.length - a.command.length)[0]
}

function restAfter(line: string, command: string): string {
  const words = command.split(' ').length
  return line.trim().replace(new RegExp(`^(?:\\S+\\s*){${words}}`), '')
}

/**
 * `name: Acme Corp amount: 500` for the parameters the command has; a name is recognised at the start or after a space, and not in a value
 * that stands in quotes as a whole. Text before the first name goes to the first parameter.
 */
function readArguments(rest: string, { parameters }: RunnableCommand): Record<string, string> {
  const given: Record<string, string> = {}
  let [name, left] = [parameters[0]?.name, rest]
  for (;;) {
    const next = endOfValue(left, parameters)
    const value = left.slice(0, next?.index).trim()
    const quoted = readQuoted(value)
    const meant = quoted?.length === value.length ? quoted.value : value
    if (name !== undefined && meant !== '') given[name] = meant
    if (!next) return given
    name = next.name
    left = left.slice(next.end).trimStart()
  }
}

/** The name that ends the value a text begins with; undefined where it goes to the end. */
function endOfValue(text: string, parameters: readonly Parameter[]) {
  const after = readQuoted(text)?.length ?? 0
  const next = findName(text, after, parameters)
  const standsAlone = text.slice(after, next?.index).trim() === ''
  return standsAlone ? next : findName(text, 0, parameters)
}

function findName(text: string, from: number, parameters: readonly Parameter[]) {
  for (const found of text.slice(from).matchAll(/(?<!\S)([a-z][a-z0-9_]*):/gi)) {
    const name = found[1]?.toLowerCase()
    const known = parameters.find((parameter) => parameter.name === name)
    const index = from + found.index
    if (known) return { name: known.name, index, end: index + found[0].length }
  }
  return undefined
}

const NEAR = 3

/** The word or command with the fewest changed letters, when they are few. */
function nearest(plain: string, candidates: readonly string[]): string | null {
  const typed = plain.slice(0, 80)
  if (typed === '') return null
  const scored = candidates
    .map((candidate) => ({ candidate, distance: distanceBetween(typed.slice(0, candidate.length + NEAR), candidate) }))
    .sort((a, b) => a.distance - b.distance)[0]
  return scored && scored.distance <= NEAR ? scored.candidate : null
}

/** Levenshtein's distance. */
function distanceBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, substitution))
    }
    row = next
  }
  return row[b.length] ?? 0
}

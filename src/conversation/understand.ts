import type { RunnableCommand } from '#commands/chat/find-commands.ts'

/** What a person meant by a line. */
export type Understood =
  | { kind: 'help' }
  | { kind: 'connections' }
  | { kind: 'cancel' }
  | { kind: 'command'; command: RunnableCommand; given: Record<string, string> }
  /** `similar` is the nearest command, when one is near. */
  | { kind: 'unknown'; similar: string | null }

const WORDS: Record<string, 'help' | 'connections' | 'cancel'> = {
  help: 'help',
  connections: 'connections',
  personal_connections: 'connections',
  'personal connections': 'connections',
  cancel: 'cancel',
}

/**
 * Understands one line: the built-in words, or a command of one to three words with `name: value` arguments behind it. The longest
 * command that fits wins; case and spacing do not count in the command and in names, and are kept in values.
 */
export function understand(text: string, commands: readonly RunnableCommand[]): Understood {
  const line = text.trim().replace(/^\//, '')
  const plain = normalize(line)
  const word = Object.hasOwn(WORDS, plain) ? WORDS[plain] : undefined
  if (word) return { kind: word }
  const command = longestMatch(line, commands)
  if (command) return { kind: 'command', command, given: readArguments(restAfter(line, command.command), command) }
  return { kind: 'unknown', similar: nearest(plain, [...commands.map((each) => each.command), 'help', 'connections']) }
}

const normalize = (text: string): string => text.toLowerCase().split(/\s+/).filter(Boolean).join(' ')

/** The longest command that a line begins with, in whatever case and spacing. */
export function longestMatch<C extends { command: string }>(line: string, commands: readonly C[]): C | undefined {
  const plain = normalize(line)
  return commands
    .filter(({ command }) => plain === command || plain.startsWith(`${command} `))
    .sort((a, b) => b.command.length - a.command.length)[0]
}

function restAfter(line: string, command: string): string {
  return line.trim().split(/\s+/).slice(command.split(' ').length).join(' ')
}

/**
 * `name: Acme Corp amount: 500` for the parameters the command has; a name is recognised at the start or after a space. Text before the
 * first name goes to the first parameter.
 */
function readArguments(rest: string, { parameters }: RunnableCommand): Record<string, string> {
  const given: Record<string, string> = {}
  const first = parameters[0]?.name
  let name = first
  let value: string[] = []
  const keep = () => {
    const text = value.join(' ').trim()
    if (name !== undefined && text !== '') given[name] = text
    value = []
  }
  for (const word of rest.split(' ')) {
    const found = /^([a-z][a-z0-9_]*):(.*)$/i.exec(word)
    const known = found && parameters.find((parameter) => parameter.name === found[1]?.toLowerCase())
    if (!known) value.push(word)
    else {
      keep()
      name = known.name
      value = [found[2] ?? '']
    }
  }
  keep()
  return given
}

const NEAR = 3

/** The word or command with the fewest changed letters, when they are few. */
function nearest(plain: string, candidates: readonly string[]): string | null {
  const typed = plain.slice(0, 80)
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

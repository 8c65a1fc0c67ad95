/**
 * A command as it is said in chat, with what it is given: `close deal id: "7" note: "say \"hi\""`. Values stand in quotes, so that
 * nothing in one is taken for another; those that are empty are left out.
 */
export function commandText(command: string, given: Readonly<Record<string, string>>): string {
  const values = Object.entries(given).flatMap(([name, value]) => (value === '' ? [] : [`${name}: ${quote(value)}`]))
  return [command, ...values].join(' ')
}

const quote = (value: string): string => `"${value.replace(/(?=["“”\\])/g, '\\')}"`

/** Also as phones and office programs write them. */
const QUOTED = /^["“„]((?:\\["“”\\]|[^"“”\\]|\\(?!["“”\\]))*)["”“]/

/** What stands in quotes at the very beginning of a text, and how long it is with them; undefined where nothing does. */
export function readQuoted(text: string): { value: string; length: number } | undefined {
  const found = QUOTED.exec(text)
  return found ? { value: (found[1] ?? '').replace(/\\(["“”\\])/g, '$1'), length: found[0].length } : undefined
}

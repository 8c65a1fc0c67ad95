import { stepTitle } from './words.ts'

const ONE_OF: Record<string, string> = {
  steps: 'Step',
  else: 'Else, step',
  on_error: 'On error, step',
  parameters: 'Parameter',
  connections: 'Connection',
  form: 'Field',
  else_if: 'Else if, branch',
}

// Below these, names are the builder's or an application's own and are left as they are.
const OWN_NAMES = new Set(['input', 'output', 'collect'])

/** Where two versions differ, for reading: `steps, create, input, fields, Name` is "Step “Create” › Input › fields.Name". */
export function placeWords(place: string[]): string {
  const words: string[] = []
  for (let index = 0; index < place.length; index++) {
    const part = place[index]!
    const one = ONE_OF[part]
    const name = place[index + 1]
    if (one !== undefined && name !== undefined) {
      words.push(`${one} “${one.endsWith('tep') ? stepTitle(name) : name}”`)
      index++
    } else {
      words.push(stepTitle(part))
    }
    if (OWN_NAMES.has(part) && index + 1 < place.length) return [...words, place.slice(index + 1).join('.')].join(' › ')
  }
  return words.length === 0 ? 'The whole recipe' : words.join(' › ')
}

import { ApiError } from './request.ts'

/** What is wrong with which field; `''` for what is wrong with the input as a whole. */
export type FieldErrors = Record<string, string>

/** The problems that a refused input brings, by field: those deeper in a value are said at its field. Empty for any other error. */
export function fieldErrors(error: Error | null): FieldErrors {
  const problems = error instanceof ApiError && error.code === 'input_invalid' ? error.details.problems : undefined
  if (!Array.isArray(problems)) return {}
  const errors: FieldErrors = {}
  for (const { name, message } of problems as { name: string; message: string }[]) {
    const [field, rest] = splitPath(name)
    const sentence = `${rest === '' ? 'It' : rest} ${message}.`
    errors[field] = errors[field] === undefined ? sentence : `${errors[field]} ${sentence}`
  }
  return errors
}

/** `items[2].price` is the field `items` and `[2].price`; `["odd key"].x` is `odd key` and `x`. */
function splitPath(path: string): [field: string, rest: string] {
  const quoted = /^\[("(?:[^"\\]|\\.)*")\]/.exec(path)
  const field = quoted?.[0] ?? /^[^.[]*/.exec(path)?.[0] ?? ''
  const rest = path.slice(field.length).replace(/^\./, '')
  return [quoted ? (JSON.parse(quoted[1]!) as string) : field, rest]
}

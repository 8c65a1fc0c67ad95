import { findInexactNumber } from '../../../src/core/exact-number.ts'

/** JSON that somebody wrote. Throws with words for them where it is none, or where a number in it would become another one. */
export function readTypedJson(text: string, notJson: (error: Error) => string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new Error(notJson(error as Error), { cause: error })
  }
  const number = findInexactNumber(text)
  if (number === undefined) return value
  throw new Error(`The number ${number.slice(0, 40)} cannot be held exactly: give fewer digits, or give it as text.`)
}

/** The same, while it is typed: the value, or why there is none yet. */
export function tryTypedJson(text: string): { value?: unknown; problem: string | undefined } {
  try {
    return { value: readTypedJson(text, ({ message }) => `Not JSON yet: ${message}`), problem: undefined }
  } catch (error) {
    return { problem: (error as Error).message }
  }
}

import { UserError } from '#core/errors.ts'

const MAX_NAME = 120

// why: control and direction-changing characters let a name pretend to be another in lists, mails and consent pages.
const UNSAFE = /[\p{Cc}\u2028-\u202e\u2066-\u2069]/u

/** A name for showing, trimmed: 1 to 120 characters. Anything else is `invalid_name`. */
export function checkName(name: string): string {
  const trimmed = name.trim()
  if (trimmed === '' || trimmed.length > MAX_NAME || UNSAFE.test(trimmed)) {
    throw new UserError('invalid_name', `Give a name of 1 to ${MAX_NAME} characters, without control characters.`, {
      status: 422,
    })
  }
  return trimmed
}

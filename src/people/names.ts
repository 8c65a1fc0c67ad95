import { UserError } from '#core/errors.ts'
import { showsPlainly } from '#core/shows-plainly.ts'

const MAX_NAME = 120

/** A name for showing, trimmed: 1 to 120 characters. Anything else is `invalid_name`. */
export function checkName(name: string): string {
  const trimmed = name.trim()
  if (trimmed === '' || trimmed.length > MAX_NAME || !showsPlainly(trimmed)) {
    throw new UserError(
      'invalid_name',
      `Give a name of 1 to ${MAX_NAME} characters, without line breaks and without characters that are invisible or turn the direction of writing.`,
      {
        status: 422,
      },
    )
  }
  return trimmed
}

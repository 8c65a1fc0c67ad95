import type { z } from 'zod'
import { OutsideError } from './errors.ts'

/**
 * What an application answered, once it has the shape we rely on. Throws `OutsideError` `outside_malformed` when it has not: not
 * retryable, because the request may have had its effect. The message names the paths that are wrong, never their values.
 */
export function readAnswer<S extends z.ZodType>(schema: S, value: unknown, application: string): z.output<S> {
  const read = schema.safeParse(value)
  if (read.success) return read.data
  const paths = read.error.issues.map(({ path }) => path.join('.') || 'the whole').slice(0, 5)
  throw new OutsideError(
    'outside_malformed',
    `${application} answered in a shape we do not know (${paths.join(', ')}).`,
    {
      retryable: false,
    },
  )
}

import { expect, it } from 'vitest'
import { readError } from './read-error.ts'

it.each([
  [403, 'rate_limited', 'outside_rate_limited', true],
  [403, 'no_permission', 'outside_forbidden', false],
  [404, 'no_such_note', 'outside_not_found', false],
])('%i %s is %s', (status, code, meaning, retryable) => {
  const json = { error: { code, message: 'No.' } }
  const error = readError({ url: 'https://acme.example/', status, headers: new Headers(), json, text: '' })
  expect(error).toMatchObject({ code: meaning, retryable, message: `Acme: No. (${code})` })
})

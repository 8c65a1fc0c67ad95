import { expect, it } from 'vitest'
import { readError } from './read-error.ts'

it.each([
  [400, 'ErrorInvalidRecipients', 'outside_invalid_input', false],
  [403, 'ErrorAccessDenied', 'outside_forbidden', false],
  [404, 'MailboxNotEnabledForRESTAPI', 'outside_forbidden', false],
  [404, 'itemNotFound', 'outside_not_found', false],
  [509, 'activityLimitReached', 'outside_rate_limited', true],
  [503, 'serviceNotAvailable', 'outside_unavailable', true],
])('%i %s is %s', (status, code, meaning, retryable) => {
  const json = { error: { code, message: 'No.', innerError: { date: '2026-11-22' } } }
  const error = readError({ url: 'https://graph.microsoft.com/', status, headers: new Headers(), json, text: '' })
  expect(error).toMatchObject({ code: meaning, retryable, message: `Microsoft: No. (${code})` })
})

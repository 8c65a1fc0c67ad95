import { expect, it } from 'vitest'
import { readError } from './read-error.ts'

function read(status: number, reason: string) {
  const json = { error: { code: status, message: 'No.', status: 'X', errors: [{ reason, domain: 'global' }] } }
  return readError({ url: 'https://www.googleapis.com/', status, headers: new Headers(), json, text: '' })
}

it.each([
  [403, 'rateLimitExceeded', 'outside_rate_limited', true],
  [403, 'userRateLimitExceeded', 'outside_rate_limited', true],
  [403, 'insufficientPermissions', 'outside_forbidden', false],
  [404, 'notFound', 'outside_not_found', false],
  [409, 'duplicate', 'outside_conflict', false],
  [400, 'backendError', 'outside_unavailable', true],
])('%i %s is %s', (status, reason, code, retryable) => {
  expect(read(status, reason)).toMatchObject({ code, retryable, message: 'Google: No.', details: { reason } })
})

it('reads the newer errors, which have a status alone', () => {
  const json = { error: { code: 403, message: 'Quota.', status: 'RESOURCE_EXHAUSTED' } }
  const error = readError({ url: 'https://x.test/', status: 403, headers: new Headers(), json, text: '' })
  expect(error).toMatchObject({ code: 'outside_rate_limited', message: 'Google: Quota.' })
})

import { expect, it } from 'vitest'
import { readError } from './read-error.ts'

function read(status: number, json: unknown, headers: Record<string, string> = {}) {
  return readError({
    url: 'https://acme.my.salesforce.com/',
    status,
    headers: new Headers(headers),
    json,
    text: '',
  })
}

it.each([
  [400, 'REQUIRED_FIELD_MISSING', 'outside_invalid_input', false],
  [400, 'MALFORMED_QUERY', 'outside_invalid_input', false],
  [400, 'DUPLICATE_VALUE', 'outside_conflict', false],
  [400, 'UNABLE_TO_LOCK_ROW', 'outside_unavailable', true],
  [400, 'INSUFFICIENT_ACCESS_OR_READONLY', 'outside_forbidden', false],
  [401, 'INVALID_SESSION_ID', 'outside_unauthorized', false],
  [403, 'REQUEST_LIMIT_EXCEEDED', 'outside_rate_limited', true],
  [403, 'API_DISABLED_FOR_ORG', 'outside_forbidden', false],
  [404, 'ENTITY_IS_DELETED', 'outside_not_found', false],
  [500, 'UNKNOWN_EXCEPTION', 'outside_unavailable', true],
  [503, 'SERVER_UNAVAILABLE', 'outside_unavailable', true],
])('%i %s is %s', (status, errorCode, code, retryable) => {
  const error = read(status, [
    { errorCode, message: 'Required fields are missing: [CloseDate]', fields: ['CloseDate'] },
  ])
  expect(error).toMatchObject({ code, retryable, httpStatus: status, details: { errorCode, fields: ['CloseDate'] } })
  expect(error.message).toBe(`Salesforce: Required fields are missing: [CloseDate] (${errorCode})`)
})

it('goes by the status when there is nothing to read, and keeps a long message short', () => {
  expect(read(404, null)).toMatchObject({
    code: 'outside_not_found',
    message: 'Salesforce: It answered with HTTP status 404.',
  })
  expect(read(400, [{ errorCode: 'X', message: 'y'.repeat(10_000) }]).message.length).toBeLessThan(600)
})

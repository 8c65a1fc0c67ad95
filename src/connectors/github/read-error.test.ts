import { expect, it } from 'vitest'
import { readError } from './read-error.ts'

function read(status: number, json: unknown, headers: Record<string, string> = {}) {
  return readError({ url: 'https://api.github.com/', status, headers: new Headers(headers), json, text: '' })
}

it('says what GitHub complains about', () => {
  const errors = [{ resource: 'Issue', field: 'title', code: 'missing_field' }, { message: 'No.' }, 'Never.', 5]
  expect(read(422, { message: 'Validation Failed', errors })).toMatchObject({
    code: 'outside_invalid_input',
    retryable: false,
    httpStatus: 422,
    message: 'GitHub: Validation Failed; title: missing_field; No.; Never.',
  })
})

const date = 'Tue, 03 Nov 2026 10:00:00 GMT'
const inOneMinute = String(Date.parse(date) / 1000 + 60)

it.each([
  ['by its count', 403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inOneMinute, date }, 60_000],
  ['by its count, reset before now', 403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1', date }, 0],
  ['by its count, until who knows when', 403, { 'x-ratelimit-remaining': '0' }, undefined],
  ['by Retry-After', 403, { 'retry-after': '30', 'x-ratelimit-remaining': '0' }, 30_000],
  ['by its status', 429, {}, undefined],
])('knows a limit %s', (_how, status, headers, wait) => {
  expect(read(status, { message: 'Slow down' }, headers)).toMatchObject({
    code: 'outside_rate_limited',
    retryable: true,
    retryAfterMs: wait,
  })
})

it('knows a limit by its message, and other refusals as such', () => {
  expect(read(403, { message: 'You have exceeded a secondary rate limit.' }).code).toBe('outside_rate_limited')
  expect(read(403, { message: 'Resource not accessible' }, { 'x-ratelimit-remaining': '12' }).code).toBe(
    'outside_forbidden',
  )
  expect(read(410, { message: 'Issues are disabled' }).code).toBe('outside_not_found')
})

import { expect, it } from 'vitest'
import { retryAfterMs } from './retry-after.ts'

const DATE = 'Tue, 03 Nov 2026 10:00:00 GMT'

it.each([
  ['120', 120_000],
  [' 0 ', 0],
  ['99999999999999999999', 86_400_000],
  ['Tue, 03 Nov 2026 10:00:30 GMT', 30_000],
  ['Tue, 03 Nov 2026 09:00:00 GMT', 0],
  ['Wed, 03 Nov 2027 10:00:00 GMT', 86_400_000],
  ['soon', undefined],
  ['-5', undefined],
  ['', undefined],
])('reads "%s" as %s ms', (value, expected) => {
  expect(retryAfterMs(new Headers({ 'retry-after': value, date: DATE }))).toBe(expected)
})

it('understands no date without a date to compare it with, and nothing where nothing is said', () => {
  expect(retryAfterMs(new Headers({ 'retry-after': DATE }))).toBeUndefined()
  expect(retryAfterMs(new Headers())).toBeUndefined()
})

import { expect, test } from 'vitest'
import { relativeTime } from './relative-time.ts'

const now = new Date('2026-11-20T12:00:00Z')
const said = (at: string) => relativeTime(new Date(at), now, 'en')

test('says the nearest whole unit, before and after', () => {
  expect(said('2026-11-20T11:57:10Z')).toBe('2 minutes ago')
  expect(said('2026-11-20T09:00:00Z')).toBe('3 hours ago')
  expect(said('2026-11-22T12:00:00Z')).toBe('in 2 days')
  expect(said('2026-11-19T11:00:00Z')).toBe('yesterday')
  expect(said('2024-11-01T12:00:00Z')).toBe('2 years ago')
})

test('calls less than 45 seconds just now, so that a clock a little off says nothing odd', () => {
  expect(said('2026-11-20T11:59:30Z')).toBe('just now')
  expect(said('2026-11-20T12:00:30Z')).toBe('just now')
  expect(said('2026-11-20T11:59:10Z')).toBe('1 minute ago')
})

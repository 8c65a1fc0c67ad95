import fc from 'fast-check'
import { expect, test } from 'vitest'
import { duesBetween, findCronProblem, isTimeZone, nextDue } from './cron.ts'

const HOUR = 60 * 60 * 1000

/** The next due times after an instant. */
function due(cron: string, time_zone: string, after: string, count = 3): string[] {
  const dues: string[] = []
  for (let at: Date | undefined = new Date(after); dues.length < count; ) {
    at = nextDue({ cron, time_zone }, at)
    if (at === undefined) break
    dues.push(at.toISOString().slice(0, 16))
  }
  return dues
}

test.each(['* * * * *', '0 9 * * 1-5', '*/15 8-18 * * mon-fri', '0 0 29 2 *', '5,35 0 1 jan,JUL *', '0 9 * * 7'])(
  'takes %s',
  (cron) => expect(findCronProblem(cron)).toBeUndefined(),
)

test.each([
  ['', /five fields/],
  ['* * * *', /five fields/],
  ['0 * * * * *', /five fields/],
  ['@daily', /five fields/],
  ['2026-05-05T00:00:00', /five fields/],
  ['0 9 L * *', /five fields/],
  ['0 9 15W * *', /five fields/],
  ['0 9 * * mon#2', /five fields/],
  ['0 9 ? * *', /five fields/],
  ['0  9 * * *', /five fields/],
  ['60 * * * *', /minute 60: it goes from 0 to 59/],
  ['0 24 * * *', /hour 24/],
  ['0 9 0 * *', /^day 0: it goes from 1 to 31$/],
  ['0 9 * 13 *', /^month 13: it goes from 1 to 12, or jan to dec$/],
  ['0 9 1-32 * *', /^day 32/],
  ['0 9 * * abc', /weekday abc/],
  ['*/0 * * * *', /minute \*\/0: a step/],
  ['0 18-9 * * *', /hour 18-9: it ends before it begins/],
  ['0 0 31 2 *', /ever comes/],
])('refuses %s', (cron, reason) => expect(findCronProblem(cron)).toMatch(reason))

test('knows time zones by their names alone', () => {
  expect(['Europe/Berlin', 'UTC', 'US/Eastern', 'Etc/GMT+5'].filter(isTimeZone)).toHaveLength(4)
  expect(['', 'Mars/Phobos', '+02:00', '-05', 'Europe/Berlin; drop'].filter(isTimeZone)).toEqual([])
})

test('is due by the clock of its zone, winter and summer', () => {
  expect(due('0 9 * * 1-5', 'Europe/Berlin', '2026-03-26T12:00:00Z')).toEqual([
    '2026-03-27T08:00',
    '2026-03-30T07:00',
    '2026-03-31T07:00',
  ])
})

test('a fixed time in the hour that clocks leave out is due right after it, once', () => {
  expect(due('30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z', 2)).toEqual([
    '2026-03-29T01:00',
    '2026-03-30T00:30',
  ])
  expect(due('0,30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z', 2)).toEqual([
    '2026-03-29T01:00',
    '2026-03-30T00:00',
  ])
})

test('a fixed time in the hour that clocks repeat is due once, the first time', () => {
  expect(due('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', 2)).toEqual([
    '2026-10-25T00:30',
    '2026-10-26T01:30',
  ])
  expect(due('30 2 * * *', 'Europe/Berlin', '2026-10-25T00:45:00Z', 1)).toEqual(['2026-10-26T01:30'])
})

test('what is due every so often leaves out the missing hour and runs through the repeated one', () => {
  expect(due('*/30 * * * *', 'Europe/Berlin', '2026-03-29T00:00:00Z', 2)).toEqual([
    '2026-03-29T00:30',
    '2026-03-29T01:00',
  ])
  expect(due('*/30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z', 1)).toEqual(['2026-03-30T00:00'])
  expect(due('0 * * * *', 'Europe/Berlin', '2026-10-24T23:30:00Z', 3)).toEqual([
    '2026-10-25T00:00',
    '2026-10-25T01:00',
    '2026-10-25T02:00',
  ])
})

test('goes by zones that change at midnight, and by half an hour', () => {
  expect(due('0 0 * * *', 'America/Santiago', '2026-09-05T12:00:00Z', 2)).toEqual([
    '2026-09-06T04:00',
    '2026-09-07T03:00',
  ])
  expect(due('15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T12:00:00Z', 2)).toEqual([
    '2026-10-03T15:30',
    '2026-10-04T15:15',
  ])
})

test('what was due between two instants is what would have been due one after the other', () => {
  const cron = fc.constantFrom(
    '30 2 * * *',
    '*/20 0-3 * * *',
    '0 * * * *',
    '15,45 1-3 * * sun',
    '0 9 * * 1-5',
    '* 2 * * *',
  )
  const time_zone = fc.constantFrom(
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'America/Santiago',
    'UTC',
  )
  const start = fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2027, 0) })
  fc.assert(
    fc.property(
      cron,
      time_zone,
      start,
      fc.integer({ min: 0, max: 24 * 14 }),
      fc.integer({ min: 1, max: 100 }),
      (...given) => {
        const [cron, time_zone, start, hours, most] = given
        const [times, from, to] = [{ cron, time_zone }, new Date(start), new Date(start + hours * HOUR)]
        const dues: Date[] = []
        for (let at = nextDue(times, new Date(start - 1)); at && at <= to; at = nextDue(times, at)) dues.push(at)
        expect(duesBetween(times, from, to, most)).toEqual(dues.slice(-most))
      },
    ),
    { numRuns: 40 },
  )
})

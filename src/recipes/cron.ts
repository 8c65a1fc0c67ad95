import { Cron } from 'croner'

/** When something is due: a cron expression of five fields, by the clock of a time zone. */
export interface CronTimes {
  cron: string
  /** An IANA name: `Europe/Berlin`. */
  time_zone: string
}

const VALUE = '(\\d{1,2}|[a-z]{3})'
const FIELD = `(\\*|${VALUE}(-${VALUE})?)(/\\d{1,2})?`
// why: the library takes more than cron does (`L`, `#`, `@daily`, a date, seconds), and others would read it otherwise.
const FIVE_FIELDS = new RegExp(`^${Array(5).fill(`${FIELD}(,${FIELD})*`).join(' ')}$`, 'i')

/**
 * What is wrong with a cron expression; undefined when nothing is. Minute, hour, day, month and weekday, with lists, ranges, steps and the
 * names of months and weekdays; where both day and weekday are given, either will do. One that is never due is wrong as well.
 */
export function findCronProblem(cron: string): string | undefined {
  if (!FIVE_FIELDS.test(cron)) return 'write five fields: minute, hour, day, month, weekday, as in 0 9 * * mon-fri'
  const wrong = cron.split(' ').flatMap((text, index) => fieldProblems(text, FIELDS[index] as Field))[0]
  if (wrong !== undefined) return wrong
  try {
    return cronOf({ cron, time_zone: 'UTC' }).nextRun(new Date(0)) === null ? 'no such day ever comes' : undefined
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error)
  }
}

interface Field {
  name: string
  from: number
  to: number
  /** What the first values may be called instead. */
  names?: string[]
}

const FIELDS: Field[] = [
  { name: 'minute', from: 0, to: 59 },
  { name: 'hour', from: 0, to: 23 },
  { name: 'day', from: 1, to: 31 },
  { name: 'month', from: 1, to: 12, names: 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ') },
  { name: 'weekday', from: 0, to: 7, names: 'sun mon tue wed thu fri sat'.split(' ') },
]

/** In the words of whoever wrote it: the library counts days and months from 0. */
function fieldProblems(text: string, field: Field): string[] {
  const { name, from, to, names } = field
  return text.split(',').flatMap((part) => {
    const [range = '', step] = part.split('/')
    const values = range === '*' ? [] : range.split('-')
    const unknown = values.find((value) => !isWithin(field, value))
    if (unknown !== undefined)
      return [`${name} ${unknown}: it goes from ${from} to ${to}${names ? `, or ${names[0]} to ${names.at(-1)}` : ''}`]
    const [first = 0, last = to] = values.map((value) => numberOf(field, value))
    if (last < first) return [`${name} ${range}: it ends before it begins`]
    return step !== undefined && Number(step) < 1 ? [`${name} ${part}: a step is 1 at least`] : []
  })
}

function numberOf({ from, names = [] }: Field, value: string): number {
  const named = names.indexOf(value.toLowerCase())
  return named === -1 ? Number(value) : from + named
}

function isWithin(field: Field, value: string): boolean {
  const number = numberOf(field, value)
  return number >= field.from && number <= field.to
}

/** Whether a time zone is known by this name here. Offsets are none: they do not know of summer. */
export function isTimeZone(name: string): boolean {
  if (!/^[a-z]/i.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/**
 * The first due time after an instant; undefined when there is none. Where clocks are put forward, what has its hours and minutes spelled out
 * and would be due in the hour that is left out is due right after it, once; where they are put back, it is due once, the first time. What
 * is due every so often (`*` or a step in hour or minute) goes by the clock: nothing in the hour that is left out, twice in the repeated one.
 */
export function nextDue(times: CronTimes, after: Date): Date | undefined {
  return cronOf(times).nextRun(after) ?? undefined
}

/** The due times from one to another, both included, in order; of more than `most` the latest. */
export function duesBetween(times: CronTimes, from: Date, to: Date, most: number): Date[] {
  return cronOf(times)
    .previousRuns(most, new Date(to.getTime() + 1))
    .filter((due) => due >= from)
    .reverse()
}

// A memo of a pure function: ten thousand schedules are of a few kinds, and reading one costs as much as using it.
const read = new Map<string, Cron>()
const MAX_READ = 1000

function cronOf({ cron, time_zone }: CronTimes): Cron {
  const key = `${cron} ${time_zone}`
  const known = read.get(key)
  if (known) return known
  const made = new Cron(cron, { timezone: time_zone, mode: '5-part', fixedTimeRule: 'no-wildcard', paused: true })
  if (read.size >= MAX_READ) read.delete(read.keys().next().value as string)
  read.set(key, made)
  return made
}

import { describe, expect, it } from 'vitest'
import { parameterNames, searchQuery, soqlLiteral, withParameters } from './soql.ts'

/** Reads a SOQL text literal as Salesforce does, and fails when it ends before the text does. */
function readLiteral(literal: string): string {
  const read = /^'((?:\\[\s\S]|[^'\\])*)'$/.exec(literal)
  if (!read?.[1] && literal !== "''") throw new Error(`${literal} is not one literal`)
  const meanings: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' }
  return (read?.[1] ?? '').replace(/\\([\s\S])/g, (_, character) => meanings[character] ?? character)
}

const HOSTILE = [
  "' OR Name != '",
  "\\' OR Name != \\'",
  '\\',
  "\\\\'",
  "x' LIMIT 1 --",
  '"; DELETE',
  "line\nbreak\r\n' \t\b\f",
  "\u2028'\u2019 ʼ",
  '%_',
  ':name',
  '',
]

describe('a text literal', () => {
  it.each(HOSTILE)('holds %j and nothing more', (text) => expect(readLiteral(soqlLiteral(text))).toBe(text))
})

describe('a search', () => {
  it('asks for records that match every value, by its own type', () => {
    const where = { Name: "O'Neil", Amount: 12.5, IsClosed: false, AccountId: null }
    expect(searchQuery({ type: 'Opportunity', fields: ['Id', 'Account.Name'], where, limit: 5 })).toBe(
      "SELECT Id, Account.Name FROM Opportunity WHERE Name = 'O\\'Neil' AND Amount = 12.5 AND IsClosed = false AND AccountId = null LIMIT 5",
    )
  })

  it('asks for any record when nothing is to match', () => {
    expect(searchQuery({ type: 'Case', fields: ['Id'], where: {}, limit: 1 })).toBe('SELECT Id FROM Case LIMIT 1')
  })
})

describe('parameters of a query', () => {
  it('are put in as literals', () => {
    const query = 'SELECT Id FROM Case WHERE Subject = :subject AND Priority = :p OR IsClosed = :closed'
    expect(withParameters(query, { subject: "It's", p: null, closed: true })).toBe(
      "SELECT Id FROM Case WHERE Subject = 'It\\'s' AND Priority = null OR IsClosed = true",
    )
  })

  it.each(HOSTILE)('cannot change the query by holding %j', (text) => {
    const before = 'SELECT Id FROM Case WHERE Subject = '
    const query = withParameters(`${before}:s LIMIT 1`, { s: text })
    expect(query.startsWith(before) && query.endsWith(' LIMIT 1')).toBe(true)
    expect(readLiteral(query.slice(before.length, -' LIMIT 1'.length))).toBe(text)
  })

  it('are not looked for in text, times and day counts', () => {
    const query =
      "SELECT Id FROM Case WHERE Subject = 'a :b \\' :c' AND CreatedDate > 2026-01-01T10:30:00Z AND ClosedDate = LAST_N_DAYS:5 AND X = :d"
    expect(parameterNames(query)).toEqual(['d'])
    expect(withParameters(query, { b: 1, c: 2, d: 3 })).toBe(query.replace(':d', '3'))
  })

  it('are looked for quickly in a text that never ends', () => {
    expect(parameterNames(`${"'\\".repeat(20_000)}:x`)).toEqual([])
  })
})

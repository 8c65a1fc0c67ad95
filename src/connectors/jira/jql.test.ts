import { expect, it } from 'vitest'
import { hasWords, jqlOf, quoted } from './jql.ts'

const any = { status: 'any', assignee: 'anyone' } as const

it('asks for what was asked, the last changed first', () => {
  expect(jqlOf({ ...any, text: 'Angebot für Müller' })).toBe('text ~ "angebot für müller" ORDER BY updated DESC')
  expect(jqlOf({ text: 'quote', project: 'ACME', status: 'open', assignee: 'me' })).toBe(
    'project = "ACME" AND text ~ "quote" AND statusCategory != Done AND assignee = currentUser() ORDER BY updated DESC',
  )
  expect(jqlOf({ ...any, project: 'DO', status: 'done' })).toBe(
    'project = "DO" AND statusCategory = Done ORDER BY updated DESC',
  )
})

it.each([
  ['x" OR project = SECRET OR text ~ "', 'x or project secret or text'],
  ['x\\" OR 1=1', 'x or 1 1'],
  ['x\\', 'x'],
  ["' OR ''='", 'or'],
  ['a*  ?b ~c -d +e "f g" {h}\n[i]', 'a b c d e f g h i'],
  ['cats OR dogs NOT birds', 'cats or dogs not birds'],
])('lets nobody out of the words they search for: %s', (text, words) =>
  expect(jqlOf({ ...any, text })).toBe(`text ~ "${words}" ORDER BY updated DESC`),
)

it('knows a text without words', () => {
  expect(hasWords('"*?" --')).toBe(false)
  expect(hasWords('日本')).toBe(true)
})

it('quotes a string so that nothing in it ends it', () => expect(quoted('a"b\\c')).toBe('"a\\"b\\\\c"'))

import { expect, test } from 'vitest'
import { parseTemplate } from './template.ts'

function pillOf(text: string) {
  const template = parseTemplate(text)
  if (template.kind === 'broken') throw new Error(template.reason)
  return template.parts.find((part) => typeof part !== 'string')
}

test('reads names, indexes and quoted keys', () => {
  expect(pillOf('{{ steps.find.records[0]["Account Name"][\'it\'].x }}')).toEqual({
    text: 'steps.find.records[0]["Account Name"][\'it\'].x',
    root: 'steps',
    path: ['find', 'records', 0, 'Account Name', 'it', 'x'],
    optional: false,
  })
})

test('reads a quoted key that holds braces, quotes and backslashes', () => {
  expect(pillOf('{{ trigger["a}}b\\"c\\\\"] }}')?.path).toEqual(['a}}b"c\\'])
})

test('takes a question mark at the end for optional', () => {
  expect(pillOf('{{trigger.note?}}')).toMatchObject({ text: 'trigger.note?', optional: true })
})

test('splits a text into what is said and what is looked up', () => {
  expect(parseTemplate('a {{ job.id }} b }} c')).toEqual({
    kind: 'parsed',
    parts: ['a ', { text: 'job.id', root: 'job', path: ['id'], optional: false }, ' b }} c'],
  })
})

test('takes four braces for two literal ones', () => {
  expect(parseTemplate('{{{{ job.id }} and {{{{')).toEqual({ kind: 'parsed', parts: ['{{ job.id }} and {{'] })
  expect(parseTemplate('{{{{{{job.id}}')).toMatchObject({ parts: ['{{', { root: 'job' }] })
})

test.each([
  ['{{ }}', /begin/],
  ['{{ process.env }}', /begin/],
  ['{{ trigger.a', /close/],
  ['{{ trigger.a() }}', /close/],
  ['{{ trigger.a + 1 }}', /close/],
  ['{{ trigger..a }}', /close/],
  ['{{ trigger[-1] }}', /close/],
  ['{{ trigger[1e9] }}', /close/],
  ['{{ trigger.a??}}', /close/],
  ['{{ steps }}', /which step/],
  ['{{ steps[0] }}', /which step/],
  ['{{ trigger.constructor }}', /constructor is refused/],
  ['{{ trigger["__proto__"].x }}', /__proto__ is refused/],
  ["{{ steps['prototype'] }}", /prototype is refused/],
])('says what is wrong with %s', (text, reason) => {
  const template = parseTemplate(text)
  expect(template.kind).toBe('broken')
  expect(template.kind === 'broken' && template.reason).toMatch(reason)
})

test('gives the same answer from its memory', () => {
  const text = 'x {{ trigger.remembered }}'
  expect(parseTemplate(text)).toBe(parseTemplate(text))
})

test('reads back any path it could have been given', () => {
  const characters = ['a', 'Z', '"', '\\', "'", '}', '{', '.', ' ', '[', ']', 'é', '?', '0']
  let seed = 7
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648
    return seed % below
  }
  for (let round = 0; round < 2000; round++) {
    const path = Array.from({ length: 1 + random(5) }, () =>
      random(3) === 0
        ? random(1000)
        : Array.from({ length: 1 + random(6) }, () => characters[random(characters.length)]).join(''),
    )
    const written = path.map((key) =>
      typeof key === 'number' ? `[${key}]` : `["${key.replace(/[\\"]/g, (character) => `\\${character}`)}"]`,
    )
    expect(pillOf(`{{trigger${written.join('')}}}`)?.path).toEqual(path)
  }
})

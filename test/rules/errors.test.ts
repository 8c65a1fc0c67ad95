import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { serverFiles, withoutComments } from '../support/sources.ts'

const page = await readFile(new URL('../../docs/errors.md', import.meta.url), 'utf8')
const rows = [...page.matchAll(/^\| `([a-z_]+)` \| (.+?) \| (.+?) \|$/gm)]
const explained = rows.map(([, code]) => code)
const thrown = [...new Set(serverFiles().flatMap(({ text }) => codesIn(withoutComments(text))))]

test('docs/errors.md explains every code that is thrown', () => {
  expect(thrown.length).toBeGreaterThan(10)
  expect(thrown.filter((code) => !explained.includes(code)).sort()).toEqual([])
})

test('docs/errors.md explains no code that is not thrown any more', () => {
  // Codes are also chosen before they are thrown, or handed on as values: such a code is quoted somewhere.
  const quoted = new Set(
    serverFiles().flatMap(({ text }) => [...withoutComments(text).matchAll(/'([a-z_]+)'/g)].map(([, word]) => word)),
  )
  expect(explained.filter((code) => !quoted.has(code))).toEqual([])
})

test('docs/errors.md explains each code once, in order', () => {
  expect(explained).toEqual([...new Set(explained)].sort())
})

test('every line of docs/errors.md says what it means and what to do', () => {
  const lines = page.split('\n').filter((line) => line.startsWith('| `'))
  expect(lines.length).toBe(rows.length)
})

/** Codes that are thrown, and those that a job ends with or a recipe's problems carry. */
function codesIn(code: string): string[] {
  const found = code.matchAll(/(?:new (?:UserError|OutsideError)\(\s*|status: '[a-z]+', code: )'([a-z_]+)'/g)
  return [...found].map(([, name]) => String(name))
}

import { basename } from 'node:path'
import { expect, test } from 'vitest'
import { sourceFiles } from '../support/sources.ts'

const MAX_LINES = 400
/** Names that end in such a word say nothing of what is inside. */
const EMPTY_NAMES = /(^|-)(manager|service|helpers?|impl|base|common|utils?|misc)\./

const files = sourceFiles(['src', 'console', 'demo', 'test', 'bench', 'scripts', 'examples'])

test('files are named in kebab-case', () => {
  expect(files.length).toBeGreaterThan(20)
  // A console route may be named by its parameter: `$id.tsx`, `__root.tsx`.
  const allowed = /^(__|\$|_)?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*\.(ts|tsx|mjs)$/
  expect(files.map(({ path }) => path).filter((path) => !allowed.test(basename(path)))).toEqual([])
})

test('no file is named by a word that says nothing', () => {
  expect(files.map(({ path }) => path).filter((path) => EMPTY_NAMES.test(basename(path)))).toEqual([])
})

test('no file is longer than 400 lines', () => {
  const long = files.map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
  expect(long.filter(({ lines }) => lines > MAX_LINES)).toEqual([])
})

test('no test is skipped, left to do, or run alone', () => {
  const tests = files.filter(({ path }) => path.endsWith('.test.ts') || path.endsWith('.test.tsx'))
  const marks = /\b(test|it|describe)\.(skip|todo|only|fails|skipIf|runIf)\b/
  expect(tests.filter(({ text }) => marks.test(text)).map(({ path }) => path)).toEqual([])
})

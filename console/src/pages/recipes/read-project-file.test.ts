import { expect, test } from 'vitest'
import type { RecipeSummary } from '../../contract.ts'
import { matchByName, readProjectFile } from './read-project-file.ts'

const project = (...recipes: unknown[]) => JSON.stringify({ format: 'behalf-project/1', recipes })
const there = (...names: string[]) =>
  names.map((name, index) => ({ id: `rcp_${index}`, name, version: 2, status: 'stopped' }) as RecipeSummary)

test('reads the file of a project, and that of one recipe', () => {
  expect(readProjectFile(project({ name: ' One ' }, {}))).toEqual([
    { name: 'One', recipe: { name: ' One ' } },
    { name: 'Recipe 2 of the file', recipe: {} },
  ])
  expect(readProjectFile('{"format":"behalf-recipe/1","recipe":{"name":"One"}}')).toHaveLength(1)
})

test('says what is wrong with any other file', () => {
  expect(() => readProjectFile('{')).toThrow('not JSON')
  for (const text of ['null', '[]', '{"format":"other","recipes":[]}', '{"format":"behalf-project/1"}']) {
    expect(() => readProjectFile(text)).toThrow('no file of a project')
  }
  expect(() => readProjectFile(project())).toThrow('no recipe')
})

test('takes a recipe for a version of another only where both have the name alone', () => {
  const match = (text: string, ...names: string[]) =>
    matchByName(readProjectFile(text), there(...names)).map((each) => each.match?.id)
  expect(match(project({ name: 'A' }, { name: 'B' }), 'A', 'C')).toEqual(['rcp_0', undefined])
  expect(match(project({ name: 'A' }), 'A', 'A')).toEqual([undefined])
  expect(match(project({ name: 'A' }, { name: 'A' }), 'A')).toEqual([undefined, undefined])
})

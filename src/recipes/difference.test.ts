import { expect, test } from 'vitest'
import { differences } from './difference.ts'

const reply = (name: string, text: string) => ({ kind: 'reply', name, text })

test('what has a name is found by it wherever it stands, and its place says the name', () => {
  const before = { steps: [reply('a', 'one'), reply('b', 'two')] }
  const after = { steps: [reply('new', 'x'), reply('a', 'one'), reply('b', 'three')] }
  expect(differences(before, after)).toEqual([
    { path: 'steps[0]', place: ['steps', 'new'], kind: 'added', after: reply('new', 'x') },
    { path: 'steps[2].text', place: ['steps', 'b', 'text'], kind: 'changed', before: 'two', after: 'three' },
  ])
})

test('what was removed is placed where it stood; another order is said once, by names', () => {
  const before = { steps: [reply('a', '1'), reply('b', '2'), reply('c', '3')] }
  const after = { steps: [reply('c', '3'), reply('a', '1')] }
  expect(differences(before, after)).toEqual([
    { path: 'steps', place: ['steps'], kind: 'moved', before: ['a', 'c'], after: ['c', 'a'] },
    { path: 'steps[1]', place: ['steps', 'b'], kind: 'removed', before: reply('b', '2') },
  ])
})

test('lists without names are compared by number, from 1 for people', () => {
  expect(differences({ choices: ['x', 'y'] }, { choices: ['x', 'z', 'w'] })).toEqual([
    { path: 'choices[1]', place: ['choices', '2'], kind: 'changed', before: 'y', after: 'z' },
    { path: 'choices[2]', place: ['choices', '3'], kind: 'added', after: 'w' },
  ])
})

test('as many parts as a recipe can hold are compared in no time', () => {
  const list = (word: string) => Array.from({ length: 50_000 }, (_, index) => ({ name: `${word}${index}` }))
  const start = performance.now()
  expect(differences(list('a'), list('b'))).toHaveLength(100_000)
  expect(differences(list('a'), list('a').reverse())).toHaveLength(1)
  // Milliseconds against half a minute.
  expect(performance.now() - start).toBeLessThan(5_000)
})

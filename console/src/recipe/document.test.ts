import { expect, test } from 'vitest'
import { inReadingOrder } from './document.ts'

test('puts what a step is before what it holds, and leaves every value as it was', () => {
  const kept = {
    name: 'R',
    steps: [{ text: 'Hi', kind: 'reply', name: 'a' }],
    trigger: { parameters: [], kind: 'api' },
  }
  const read = inReadingOrder(kept)
  expect(read).toEqual(kept)
  expect(JSON.stringify(read)).toBe(
    '{"name":"R","trigger":{"kind":"api","parameters":[]},"steps":[{"kind":"reply","name":"a","text":"Hi"}]}',
  )
})

test('keeps the order of keys it does not know', () => {
  expect(Object.keys(inReadingOrder({ zeta: 1, alpha: 2, name: 3 }))).toEqual(['name', 'zeta', 'alpha'])
})

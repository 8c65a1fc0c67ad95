import { expect, it } from 'vitest'
import { textAt } from './read-path.ts'

const JSON_VALUE = { id: 7, data: [{ user: { email: 'alice@acme.test' } }], empty: ' ', yes: true, nan: Number.NaN }

it.each([
  ['id', '7'],
  ['data.0.user.email', 'alice@acme.test'],
  ['data.1.user.email', undefined],
  ['data.length', '1'],
  ['data.0.user', undefined],
  ['empty', undefined],
  ['yes', undefined],
  ['nan', undefined],
  ['constructor.name', undefined],
  ['__proto__.x', undefined],
  ['data.0.user.email.length', undefined],
])('%s leads to %s', (path, text) => expect(textAt(JSON_VALUE, path)).toBe(text))

it.each([null, undefined, 'text', 5, []])('in %j there is nothing', (json) =>
  expect(textAt(json, 'id')).toBeUndefined(),
)

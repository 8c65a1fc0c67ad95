import { expect, test } from 'vitest'
import { checkEmail, isEmail, normalizeEmail } from './emails.ts'

test.each([
  'alice@acme.example',
  'Alice.Ng+work@mail.acme.co.uk',
  "o'hara@acme.example",
  'bob@localhost',
  'jürgen@münchen.example',
])('%s is an e-mail address', (email) => {
  expect(isEmail(email)).toBe(true)
})

test.each([
  '',
  'alice',
  '@acme.example',
  'alice@',
  'alice@@acme.example',
  'alice@acme@evil.example',
  'alice ng@acme.example',
  'alice@acme..example',
  '.alice@acme.example',
  'alice.@acme.example',
  'alice@-acme.example',
  'alice@acme.example\nbcc:evil@evil.example',
  'alice\u0000@acme.example',
  '<alice@acme.example>',
  `${'a'.repeat(65)}@acme.example`,
  `alice@${'a.'.repeat(150)}example`,
])('%j is none', (email) => {
  expect(isEmail(email)).toBe(false)
})

test('an address is kept as it was typed, trimmed, and compared in lower case', () => {
  expect(checkEmail('  Alice@Acme.Example ')).toBe('Alice@Acme.Example')
  expect(normalizeEmail('  Alice@Acme.Example ')).toBe('alice@acme.example')
  expect(normalizeEmail('ju\u0308rgen@acme.example')).toBe(normalizeEmail('j\u00fcrgen@acme.example'))
})

test('anything else is refused as invalid_email', () => {
  expect(() => checkEmail('alice')).toThrow(expect.objectContaining({ code: 'invalid_email', status: 422 }))
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findInexactNumber, readExactNumber } from './exact-number.ts'

test.each([
  ['9007199254740993', undefined],
  ['-9007199254740993', undefined],
  ['9007199254740992', 9007199254740992],
  ['0.1', 0.1],
  ['-1250.50', -1250.5],
  ['007', 7],
  ['.5', 0.5],
  ['-0', -0],
  ['1e21', 1e21],
  ['1000000000000000000000', 1e21],
  ['1e400', undefined],
  ['0.1000000000000000055', undefined],
  ['1e-400', undefined],
])('%s is read as %s', (text, number) => expect(readExactNumber(text)).toBe(number))

test('whatever number we write is read as itself', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
      expect(readExactNumber(JSON.stringify(number))).toBe(number === 0 ? 0 : number)
      expect(findInexactNumber(JSON.stringify({ deep: [number] }))).toBeUndefined()
    }),
  )
})

test('a number in a JSON text that would become another is found, also among others and not in texts', () => {
  expect(findInexactNumber('{"a":[1,9007199254740993,1e400]}')).toBe('9007199254740993')
  expect(findInexactNumber('{"a":"9007199254740993","b":1e3}')).toBeUndefined()
})

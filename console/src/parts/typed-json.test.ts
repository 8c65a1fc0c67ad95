import { expect, test } from 'vitest'
import { readTypedJson, tryTypedJson } from './typed-json.ts'

test('what somebody typed is read as they typed it, or refused with words for them', () => {
  expect(tryTypedJson('{"a": [1.0, 1e3]}')).toEqual({ value: { a: [1, 1000] }, problem: undefined })
  expect(tryTypedJson('{"a": ')).toEqual({ problem: expect.stringMatching(/^Not JSON yet: ./) })
  expect(tryTypedJson('{"id": 9007199254740993}')).toEqual({
    problem: 'The number 9007199254740993 cannot be held exactly: give fewer digits, or give it as text.',
  })
  expect(() => readTypedJson('<html>', () => 'This file is not JSON.')).toThrow('This file is not JSON.')
})

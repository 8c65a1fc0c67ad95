import { expect, test } from 'vitest'
import { fieldErrors } from './field-errors.ts'
import { ApiError } from './request.ts'

const refused = (...problems: { name: string; message: string }[]) =>
  new ApiError('input_invalid', 'The input does not fit.', 422, { problems })

test('says at each field what is wrong with it, and with what lies within it', () => {
  const error = refused(
    { name: 'code', message: 'must match pattern "^A"' },
    { name: 'items[2].price', message: 'must be number' },
    { name: 'items[3]', message: 'lacks "price"' },
    { name: '["odd key"].x', message: 'is missing' },
    { name: '', message: 'lacks "stage"' },
  )
  expect(fieldErrors(error)).toEqual({
    code: 'It must match pattern "^A".',
    items: '[2].price must be number. [3] lacks "price".',
    'odd key': 'x is missing.',
    '': 'It lacks "stage".',
  })
})

test('finds none in another error', () => {
  expect(fieldErrors(null)).toEqual({})
  expect(fieldErrors(new ApiError('recipe_stopped', 'It is stopped.', 409))).toEqual({})
})

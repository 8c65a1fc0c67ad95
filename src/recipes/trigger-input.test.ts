import { expect, test } from 'vitest'
import { Parameter } from './recipe.ts'
import { readTriggerInput } from './trigger-input.ts'

const parameters = [
  { name: 'name', type: 'text', label: 'Name' },
  { name: 'amount', type: 'number', required: false },
  { name: 'urgent', type: 'boolean', required: false },
  { name: 'stage', type: 'choice', choices: ['New', 'Won', 'won'], required: false },
].map((parameter) => Parameter.parse(parameter))

test('takes values of their own type and values typed as text', () => {
  const typed = { name: 'Acme', amount: 500, urgent: false, stage: 'won' }
  expect(readTriggerInput(parameters, typed)).toEqual(typed)
  const texts = { name: '12', amount: ' -1.50 ', urgent: 'Yes', stage: ' NEW ' }
  expect(readTriggerInput(parameters, texts)).toEqual({ name: '12', amount: -1.5, urgent: true, stage: 'New' })
})

test('leaves out what is optional and not given', () => {
  expect(readTriggerInput(parameters, { name: 'Acme', amount: null, urgent: '' })).toEqual({ name: 'Acme' })
})

test('names everything that is missing, unfit or unknown', () => {
  const input = { amount: 'much', urgent: 1, stage: 'Lost', __proto__x: 1, 'odd key': 1 }
  expect(() => readTriggerInput(parameters, input)).toThrow(
    expect.objectContaining({
      code: 'input_invalid',
      status: 422,
      message: expect.stringContaining('Name is needed.'),
      details: {
        problems: [
          expect.objectContaining({ path: 'name', code: 'parameter_missing' }),
          expect.objectContaining({ path: 'amount', code: 'parameter_unfit' }),
          expect.objectContaining({ path: 'urgent', code: 'parameter_unfit' }),
          expect.objectContaining({ path: 'stage', message: 'stage must be one of: New, Won, won.' }),
          expect.objectContaining({ path: '__proto__x', code: 'parameter_unknown' }),
          expect.objectContaining({ path: '["odd key"]', code: 'parameter_unknown' }),
        ],
      },
    }),
  )
})

test.each([[Number.NaN], [Number.POSITIVE_INFINITY], ['1e9'], ['0x10'], [{}], [[]], [true]])(
  'does not take %s for a number',
  (amount) => {
    expect(() => readTriggerInput(parameters, { name: 'a', amount })).toThrow('amount must be a number.')
  },
)

test('does not take what an object inherits for a value', () => {
  expect(() => readTriggerInput([Parameter.parse({ name: 'tostring', type: 'text' })], {})).toThrow('is needed')
})

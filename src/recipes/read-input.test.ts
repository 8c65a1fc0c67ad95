import { expect, test } from 'vitest'
import { readInput } from './read-input.ts'
import { Parameter } from './step.ts'

const parameters = [
  { name: 'name', type: 'text' },
  { name: 'amount', type: 'number', required: false },
  { name: 'urgent', type: 'boolean', required: false },
  { name: 'stage', type: 'choice', choices: ['New', 'Won'], required: false },
].map((parameter) => Parameter.parse(parameter))

test('takes values of their own type and values typed as text', () => {
  const typed = { name: 'Acme', amount: 500, urgent: false, stage: 'Won' }
  expect(readInput(parameters, typed)).toEqual(typed)
  const texts = { name: '12', amount: ' -1,250.50 ', urgent: 'Yes', stage: ' NEW ' }
  expect(readInput(parameters, texts)).toEqual({ name: '12', amount: -1250.5, urgent: true, stage: 'New' })
})

test('leaves out what is optional and not given', () => {
  expect(readInput(parameters, { name: 'Acme', amount: null, urgent: '' })).toEqual({ name: 'Acme' })
})

test('names everything that is missing, unfit or unknown', () => {
  const given = { amount: 'much', urgent: 1, stage: 'Lost', 'odd key': 1 }
  expect(() => readInput(parameters, given)).toThrow(
    expect.objectContaining({
      code: 'input_invalid',
      status: 422,
      details: {
        problems: [
          { name: 'odd key', message: 'is not a parameter of this recipe' },
          { name: 'name', message: 'is missing' },
          { name: 'amount', message: 'must be a number' },
          { name: 'urgent', message: 'must be yes or no' },
          { name: 'stage', message: 'must be one of New, Won' },
        ],
      },
    }),
  )
})

test.each([
  [Number.NaN],
  [Number.POSITIVE_INFINITY],
  ['Infinity'],
  ['1,5'],
  ['0x10'],
  ['1e3'],
  ['1,2345'],
  ['.'],
  [{}],
  [[]],
  [true],
])('does not take %s for a number', (amount) => {
  expect(() => readInput(parameters, { name: 'a', amount })).toThrow('amount must be a number')
})

test('does not take a number that would silently become another', () => {
  expect(() => readInput(parameters, { name: 'a', amount: '9007199254740993' })).toThrow(
    'amount has more digits than a number can hold exactly',
  )
})

test('does not take what an object inherits for a value', () => {
  expect(() => readInput([Parameter.parse({ name: 'name', type: 'text' })], Object.create({ name: 'Acme' }))).toThrow(
    'name is missing',
  )
})

test('takes the choice that is written so, and only where none is the one that differs in capitals alone', () => {
  const places = Parameter.parse({ name: 'place', type: 'choice', choices: ['us', 'US', 'Eu'] })
  const placeOf = (place: string) => readInput([places], { place }).place
  expect(['US', 'us', ' EU '].map(placeOf)).toEqual(['US', 'us', 'Eu'])
  expect(() => placeOf('Us')).toThrow('place must be one of us, US, Eu')
})

import { expect, test } from 'vitest'
import { asCommand, STARTING_DOCUMENTS } from '../../console/src/pages/recipes/starting-documents.ts'
import { readRecipe } from '../../src/recipes/parse-recipe.ts'

test.each(STARTING_DOCUMENTS)(
  'the console begins a recipe with a document the server takes: $label',
  ({ document }) => {
    expect(readRecipe(document('Ünïcode & Co: create a BIG opportunity now'))).not.toHaveProperty('problems')
  },
)

test('makes a command of one to three lower-case words of any name', () => {
  expect(asCommand('Create Opportunity')).toBe('create opportunity')
  expect(asCommand('  --Log   a call, please, today ')).toBe('log a call')
  expect(asCommand('日本')).toBe('new command')
})

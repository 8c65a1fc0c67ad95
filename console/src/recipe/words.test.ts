import { expect, test } from 'vitest'
import { buttonWords, leaves, menuWords, stepTitle, templatePieces } from './words.ts'

test('reads a step’s name as words', () => {
  expect(stepTitle('create_opportunity')).toBe('Create opportunity')
})

test('takes a template apart into text and pills', () => {
  expect(templatePieces('Hello {{ person.name }}, {{steps.a.id}}!')).toEqual([
    { kind: 'text', text: 'Hello ' },
    { kind: 'pill', text: 'person.name' },
    { kind: 'text', text: ', ' },
    { kind: 'pill', text: 'steps.a.id' },
    { kind: 'text', text: '!' },
  ])
})

test('leaves braces that are no pill as text', () => {
  expect(templatePieces('{ {{ unfinished')).toEqual([{ kind: 'text', text: '{ {{ unfinished' }])
})

test('lists nested values by their path', () => {
  expect(leaves({ object: 'Lead', fields: { Name: 'x', Tags: ['a'] }, extra: {} })).toEqual([
    ['object', 'Lead'],
    ['fields.Name', 'x'],
    ['fields.Tags', ['a']],
    ['extra', {}],
  ])
})

test('says what a reply’s buttons and menus run', () => {
  const close = { label: 'Close', command: 'close deal' }
  expect(buttonWords(close)).toEqual(['Button Close', 'runs “close deal”'])
  expect(menuWords({ label: 'More', options: [close] })).toEqual(['Menu More', 'Close runs “close deal”'])
  const list = { label: 'Which?', command: 'close deal', choices: '{{ steps.find.ids }}', parameter: 'id' }
  expect(menuWords(list)).toEqual(['Menu Which?', 'runs “close deal” with the id that is chosen'])
})

import { expect, test } from 'vitest'
import { leaves, stepTitle, templatePieces } from './words.ts'

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

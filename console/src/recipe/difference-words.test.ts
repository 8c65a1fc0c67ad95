import { expect, test } from 'vitest'
import { placeWords } from './difference-words.ts'

test('says where two versions differ by the names of steps, and leaves an application’s own names as they are', () => {
  expect(placeWords(['steps', 'create_it', 'input', 'fields', 'Name'])).toBe('Step “Create it” › Input › fields.Name')
  expect(placeWords(['steps', 'each', 'steps', 'answer', 'text'])).toBe('Step “Each” › Step “Answer” › Text')
  expect(placeWords(['connections', 'crm', 'personal'])).toBe('Connection “crm” › Personal')
  expect(placeWords(['trigger', 'parameters', 'name', 'required'])).toBe('Trigger › Parameter “name” › Required')
  expect(placeWords(['steps'])).toBe('Steps')
  expect(placeWords([])).toBe('The whole recipe')
})

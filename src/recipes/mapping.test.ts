import { expect, test } from 'vitest'
import { resolveMapping } from './mapping.ts'
import type { Json, Scope } from './scope.ts'
import type { Mapping } from './step.ts'

const scope: Scope = {
  trigger: { name: 'Acme', amount: 500, done: false, nothing: null, items: [{ name: 'first' }], 'odd key': 'odd' },
  steps: { create: { id: '006', record: { Name: 'Acme' } } },
  person: { id: 'per_1', name: 'Alice Ng', email: null },
  job: { id: 'job_1', recipe: 'create opportunity', created_at: '2026-11-22T10:00:00.000Z' },
}

test.each<[string, Json]>([
  ['{{ trigger.name }}', 'Acme'],
  ['{{ trigger.amount }}', 500],
  ['{{ trigger.done }}', false],
  ['{{ trigger.nothing }}', null],
  ['{{ steps.create.record }}', { Name: 'Acme' }],
  ['{{ trigger.items[0].name }}', 'first'],
  ['{{ trigger["odd key"] }}', 'odd'],
  ['{{ person.email }}', null],
])('keeps the type of %s alone', (mapping, value) => {
  expect(resolveMapping(mapping, scope)).toEqual(value)
})

test('renders pills within text', () => {
  const text =
    '{{ trigger.name }}: {{ trigger.amount }}, {{ trigger.done }}, {{ trigger.nothing }}, {{ steps.create.record }}'
  expect(resolveMapping(text, scope)).toBe('Acme: 500, false, , {"Name":"Acme"}')
})

test('space around a pill makes it text', () => {
  expect(resolveMapping(' {{ trigger.amount }}', scope)).toBe(' 500')
})

test('resolves within objects and lists and leaves keys and other values alone', () => {
  const mapping = { '{{ job.id }}': ['{{ trigger.amount }}', 1, null, { deep: '{{ job.id }}' }], yes: true }
  expect(resolveMapping(mapping, scope)).toEqual({ '{{ job.id }}': [500, 1, null, { deep: 'job_1' }], yes: true })
})

test('leaves an absent optional value out of an object, and puts null in a list and alone', () => {
  const mapping = { note: '{{ trigger.note? }}', list: ['{{ steps.other.id? }}'], text: '<{{ trigger.note? }}>' }
  expect(resolveMapping(mapping, scope)).toEqual({ list: [null], text: '<>' })
  expect(resolveMapping('{{ trigger.note? }}', scope)).toBeNull()
})

test('an optional value that is there and null stays', () => {
  expect(resolveMapping({ note: '{{ trigger.nothing? }}' }, scope)).toEqual({ note: null })
})

test.each([
  ['{{ trigger.note }}'],
  ['{{ trigger.nothing.deeper }}'],
  ['{{ trigger.name.length }}'],
  ['{{ trigger.items.length }}'],
  ['{{ trigger.items[7] }}'],
  ['{{ steps.other.id }}'],
  ['{{ trigger.toString }}'],
])('refuses %s, which is absent, and says where', (pill) => {
  const error = thrownBy({ fields: { Name: [pill] } })
  expect(error).toMatchObject({
    code: 'mapping_broken',
    details: { path: 'steps[2].input.fields.Name[0]', pill: pill.slice(3, -3) },
  })
  expect(resolveMapping(pill.replace(' }}', '? }}'), scope)).toBeNull()
})

test('names odd keys in the path of an error', () => {
  expect(thrownBy({ 'odd key': '{{ nothing }}' })).toMatchObject({ details: { path: 'steps[2].input["odd key"]' } })
})

test('a webhook has no person', () => {
  expect(() => resolveMapping('{{ person.name }}', { ...scope, person: null })).toThrow(/person.name/)
})

test('yields copies: changing one changes nothing the job keeps', () => {
  const record = resolveMapping('{{ steps.create.record }}', scope) as { Name: string }
  record.Name = 'changed'
  expect(scope.steps.create).toEqual({ id: '006', record: { Name: 'Acme' } })
})

test('an error never holds a value of the job', () => {
  const error = thrownBy('{{ trigger.name.inner }}')
  expect(JSON.stringify([error.message, error])).not.toContain('Acme')
})

function thrownBy(mapping: Mapping): Error {
  try {
    resolveMapping(mapping, scope, 'steps[2].input')
  } catch (error) {
    return error as Error
  }
  throw new Error('nothing was thrown')
}

import { expect, test } from 'vitest'
import { readInputSchema } from './input-schema.ts'

test('makes fields of a skill’s schema: references resolved, defaults apart, a value that may be null by its other type', () => {
  const { schema, defaults } = readInputSchema({
    type: 'object',
    required: ['stage', 'urgent'],
    properties: {
      stage: { $ref: '#/$defs/stage', description: 'Where it stands' },
      note: { type: ['string', 'null'] },
      days: { type: 'integer', default: 3 },
      urgent: { type: 'boolean' },
      anything: true,
    },
    $defs: { stage: { enum: ['new', 'won'], description: 'A stage' } },
  })
  expect(schema).toEqual({
    required: ['stage', 'urgent'],
    properties: {
      stage: { enum: ['new', 'won'], description: 'Where it stands' },
      note: { type: 'string' },
      days: { type: 'integer' },
      urgent: { type: 'boolean' },
      anything: {},
    },
  })
  expect(defaults).toEqual({ days: 3, urgent: false })
})

test('makes none where a schema names none', () => {
  expect(readInputSchema({ type: 'object' })).toEqual({ schema: { properties: {}, required: [] }, defaults: {} })
})

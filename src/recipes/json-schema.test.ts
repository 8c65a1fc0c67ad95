import { expect, test } from 'vitest'
import { checkAgainst, type JsonSchema, schemaProblems } from './json-schema.ts'

const order: JsonSchema = {
  type: 'object',
  properties: {
    customer: { type: 'string', minLength: 1 },
    items: { type: 'array', items: { $ref: '#/$defs/item' }, uniqueItems: true },
    code: { type: 'string', pattern: '^[A-Z]{2}-\\d+$' },
  },
  required: ['customer'],
  additionalProperties: false,
  $defs: {
    item: { type: 'object', properties: { sku: { type: 'string' }, count: { type: 'integer' } }, required: ['sku'] },
  },
}

const object = (properties: JsonSchema, more: JsonSchema = {}): JsonSchema => ({ type: 'object', properties, ...more })

test('a value that fits has no mismatches, and every mismatch has its path', () => {
  expect(schemaProblems(order, 'trigger.input')).toEqual([])
  expect(checkAgainst(order, { customer: 'Acme', code: 'AB-1', items: [{ sku: 'a', count: 2 }] })).toEqual([])
  expect(checkAgainst(order, { code: 'ab', items: [{ count: 1.5 }, { sku: 'x' }, { sku: 'x' }], odd: 1 })).toEqual(
    expect.arrayContaining([
      { path: '', message: 'lacks "customer"' },
      { path: '', message: 'has "odd", which is not known here' },
      { path: 'code', message: 'must match pattern "^[A-Z]{2}-\\d+$"' },
      { path: 'items[0]', message: 'lacks "sku"' },
      { path: 'items[0].count', message: 'must be integer' },
      { path: 'items', message: 'must not hold the same twice' },
    ]),
  )
})

test('what every object inherits does not count as given', () => {
  expect(checkAgainst(object({}, { required: ['constructor'] }), {})).toHaveLength(1)
})

test('patterns are of whole characters, as those of JSON Schema are', () => {
  expect(checkAgainst(object({ a: { type: 'string', pattern: '^.$' } }), { a: '😀' })).toEqual([])
  expect(checkAgainst(object({ a: { type: 'string', pattern: '^\\u00e9\\/\\p{L}$' } }), { a: 'é/ß' })).toEqual([])
})

test.each<[string, JsonSchema, string, RegExp]>([
  ['no object', { type: 'string' }, 'in.type', /must be "object"/],
  ['an unknown type', object({ a: { type: 'strin' } }), 'in.properties.a.type', /is no JSON Schema/],
  ['an unknown keyword', object({ a: { minLenght: 1 } }), 'in', /unknown keyword: "minLenght"/],
  ['an outside reference', object({ a: { $ref: 'https://a.test/s' } }), 'in.properties.a.$ref', /own definitions/],
  ['a reference to nothing', object({ a: { $ref: '#/$defs/b' } }), 'in.properties.a.$ref', /own definitions/],
  [
    'a schema that holds itself',
    object({ a: { $ref: '#/$defs/b' } }, { $defs: { b: { items: { $ref: '#/$defs/b' } } } }),
    'in.properties.a.$ref.items.$ref',
    /leads back to "b"/,
  ],
  ['an id', { ...object({}), $id: 'https://a.test/s' }, 'in.$id', /not allowed/],
  ['an asynchronous schema', { ...object({}), $async: true }, 'in.$async', /not allowed/],
  ['look-around', object({ a: { pattern: '(?=a)' } }), 'in', /look-around/],
  ['a back-reference', object({ a: { pattern: '(a)\\1' } }), 'in', /back-references/],
  ['a pattern that is none', object({ a: { pattern: '(' } }), 'in', /cannot be used/],
  ['a pattern that would be huge', object({ a: { pattern: '((a{100}){100}){100}' } }), 'in', /repeat count/],
])('refuses %s', (_, schema, path, message) => {
  expect(schemaProblems(schema, 'in')).toEqual([
    { path, code: 'schema_refused', message: expect.stringMatching(message) },
  ])
})

test('refuses a schema that is too deep or too big, also by what it refers to', () => {
  let deep: JsonSchema = {}
  for (let level = 0; level < 30; level++) deep = { items: deep }
  expect(schemaProblems(object({ a: deep }), 'in')).toEqual([expect.objectContaining({ code: 'schema_refused' })])
  const growing: JsonSchema = { d7: true }
  for (let level = 0; level < 7; level++)
    growing[`d${level}`] = { allOf: Array.from({ length: 4 }, () => ({ $ref: `#/$defs/d${level + 1}` })) }
  const schema = object({ a: { $ref: '#/$defs/d0' } }, { $defs: growing })
  expect(schemaProblems(schema, 'in')).toEqual([expect.objectContaining({ message: expect.stringMatching(/too big/) })])
})

test('no pattern and no schema can hang: what would take too long is too big', () => {
  const began = performance.now()
  const slow = object({ a: { type: 'string', pattern: '(a|b)*a(a|b){300}$' }, b: { pattern: '^(a+)+$' } })
  expect(schemaProblems(slow, 'in')).toEqual([])
  expect(checkAgainst(slow, { a: 'ab'.repeat(100_000) })).toEqual([expect.objectContaining({ path: '' })])
  expect(checkAgainst(slow, { b: `${'a'.repeat(10_000)}b` })).toEqual([expect.objectContaining({ path: 'b' })])
  const wide = object({ a: { items: { allOf: Array.from({ length: 500 }, () => ({ minimum: 1 })) } } })
  expect(checkAgainst(wide, { a: Array(100_000).fill(1) })).toEqual([expect.objectContaining({ path: '' })])
  const unique = object({ a: { uniqueItems: true } })
  expect(checkAgainst(unique, { a: Array.from({ length: 50_000 }, (_, x) => ({ x })) })).toEqual([])
  expect(performance.now() - began).toBeLessThan(10_000)
})

test('items are the same in whatever order their keys are written', () => {
  const unique = object({ a: { uniqueItems: true } })
  expect(
    checkAgainst(unique, {
      a: [
        { x: 1, y: { p: 1, q: 2 } },
        { y: { q: 2, p: 1 }, x: 1 },
      ],
    }),
  ).toHaveLength(1)
})

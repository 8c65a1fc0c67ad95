import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import { compilePattern, TooManySteps, withinSteps } from './bounded-pattern.ts'
import { weighSchema } from './json-schema-bounds.ts'
import { below, type Problem } from './problem.ts'

/** A JSON Schema (draft 2020-12) of an object, as a recipe holds it. */
export type JsonSchema = Record<string, unknown>

/** One thing in a value that its schema does not allow, and where: `items[2].price`; empty for the value as a whole. */
export interface Mismatch {
  path: string
  message: string
}

/** Schema and value together: at worst some half a second. */
const MAX_WORK = 5_000_000
const MAX_MISMATCHES = 20
const MAX_VALUE_DEPTH = 100

/**
 * What keeps a schema from being used, `path` being where it stands: it is no JSON Schema of an object, holds a keyword nobody knows, refers
 * to anything outside itself or to itself, is too big, or has a pattern that is not matched in bounded time. Formats are not checked.
 */
export function schemaProblems(schema: JsonSchema, path: string): Problem[] {
  const { problems } = weighSchema(schema, path)
  if (problems.length > 0) return problems
  const one = (at: string, message: string) => [{ path: at, code: 'schema_refused', message }]
  if (schema.type !== 'object') return one(below(path, 'type'), 'must be "object": values are given by name.')
  if (ajv.validateSchema(schema) !== true) {
    // The last error is the outermost, of which the first is the reason.
    const [error] = ajv.errors ?? []
    return one(placeOf(error, path), `is no JSON Schema: ${error?.message ?? 'look at it again'}.`)
  }
  try {
    compile(schema)
    return []
  } catch (error) {
    return one(path, `cannot be used: ${error instanceof Error ? error.message : error}.`)
  }
}

/**
 * How a value, which is plain JSON, differs from a schema without problems; empty when it fits. At most the first twenty. Bounded in time,
 * whatever schema and value say: what is too big to be checked is a mismatch. Nothing is converted, and defaults are not filled in.
 */
export function checkAgainst(schema: JsonSchema, value: unknown): Mismatch[] {
  const { check, weight } = compile(schema)
  const tooBig = [{ path: '', message: 'is too big to be checked: give less' }]
  if (weight * countParts(value, MAX_WORK / weight) > MAX_WORK) return tooBig
  try {
    if (withinSteps(() => check(value))) return []
  } catch (error) {
    if (error instanceof TooManySteps) return tooBig
    throw error
  }
  return (check.errors ?? []).slice(0, MAX_MISMATCHES).map((error) => ({
    path: placeOf(error, ''),
    message: messageOf(error),
  }))
}

const ajv = new Ajv2020({
  allErrors: true,
  // why: else what every object inherits, `constructor` say, counts as given.
  ownProperties: true,
  strictTypes: false,
  strictTuples: false,
  validateFormats: false,
  logger: false,
  code: {
    regExp: Object.assign((source: string) => ({ ...compilePattern(source), toString: () => source }), {
      code: 'pattern',
    }),
  },
})

// why: ajv's own compares each item with every other, however many there are.
ajv.removeKeyword('uniqueItems')
ajv.addKeyword({
  keyword: 'uniqueItems',
  type: 'array',
  schemaType: 'boolean',
  error: { message: 'must not hold the same twice' },
  validate: (unique: boolean, items: unknown[]) => !unique || new Set(items.map(inOneOrder)).size === items.length,
})

/** A value as text, the same for every order of its keys. */
function inOneOrder(value: unknown): string {
  return JSON.stringify(value, (_, part) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}

interface Compiled {
  check: ValidateFunction
  weight: number
}

// A memo of a pure function, by the schema's text: a job's schema comes from the database anew each time.
const compiled = new Map<string, Compiled>()
const MAX_COMPILED = 500

function compile(schema: JsonSchema): Compiled {
  const text = JSON.stringify(schema)
  const known = compiled.get(text)
  if (known) return known
  const made = { check: ajv.compile(schema), weight: weighSchema(schema, '').weight }
  // why: it keeps every schema it compiled, by its object.
  ajv.removeSchema(schema)
  if (compiled.size >= MAX_COMPILED) compiled.delete(compiled.keys().next().value as string)
  compiled.set(text, made)
  return made
}

/**
 * The values within a value, itself included, and its text by the hundred characters; no further than to a number of them. Infinite for
 * what nests too deep to be walked by recursion.
 */
function countParts(value: unknown, most: number): number {
  const rest = [{ part: value, depth: 0 }]
  let count = 0
  for (let next = rest.pop(); next !== undefined && count <= most; next = rest.pop()) {
    const { part, depth } = next
    if (depth > MAX_VALUE_DEPTH) return Number.POSITIVE_INFINITY
    count += typeof part === 'string' ? 1 + part.length / 100 : 1
    if (typeof part === 'object' && part !== null)
      for (const each of Object.values(part)) rest.push({ part: each, depth: depth + 1 })
  }
  return count
}

/** A JSON pointer as the paths of problems are written. */
function placeOf(error: Pick<ErrorObject, 'instancePath'> | undefined, at: string): string {
  const keys = (error?.instancePath ?? '').split('/').slice(1)
  return keys.reduce((path, key) => below(path, readKey(key)), at)
}

function readKey(key: string): string | number {
  const name = key.replaceAll('~1', '/').replaceAll('~0', '~')
  return /^\d+$/.test(name) ? Number(name) : name
}

function messageOf({ keyword, params, message }: ErrorObject): string {
  if (keyword === 'required') return `lacks "${params.missingProperty}"`
  if (keyword === 'additionalProperties') return `has "${params.additionalProperty}", which is not known here`
  if (keyword === 'enum')
    return `must be one of ${params.allowedValues.map((value: unknown) => JSON.stringify(value)).join(', ')}`
  return message ?? 'does not fit'
}

import { below, type Problem } from './problem.ts'

/** Levels of schemas within schemas, those referred to included. */
const MAX_DEPTH = 20
/** Schemas and listed values in one schema, each counted wherever it is referred to from. */
const MAX_WEIGHT = 2000

/** What would let a schema reach outside itself, name its parts for others, or answer later. */
const REFUSED = ['$id', 'id', '$anchor', '$dynamicAnchor', '$dynamicRef', '$vocabulary', '$async', '$schema']
const ONE = ['additionalProperties', 'items', 'contains', 'not', 'if', 'then', 'else', 'propertyNames']
const ONE_MORE = ['unevaluatedItems', 'unevaluatedProperties', 'contentSchema']
const LISTS = ['allOf', 'anyOf', 'oneOf', 'prefixItems']
const MAPS = ['properties', 'patternProperties', 'dependentSchemas']

type Schema = Record<string, unknown>

/** What a schema costs to check a value against, for each part of the value; and what makes it unfit to be checked against at all. */
export interface Weighed {
  weight: number
  problems: Problem[]
}

/**
 * Weighs a JSON Schema. Refuses what nests too deep or weighs too much, refers to anything but its own `$defs`, or refers to itself: then
 * checking a value takes time in proportion to weight and value, whatever the schema says. The JSON is known to be finite.
 */
export function weighSchema(schema: Schema, path: string): Weighed {
  const weighing: Weighing = { root: schema, weight: 0, problems: [], within: [] }
  weigh(weighing, schema, path)
  for (const [name, part] of Object.entries(objectOr(schema.$defs))) {
    weighing.within = [name]
    weigh(weighing, part, below(`${path}.$defs`, name), 1)
  }
  return weighing
}

interface Weighing extends Weighed {
  root: Schema
  /** The `$defs` we are within, by reference. */
  within: string[]
}

function weigh(weighing: Weighing, schema: unknown, path: string, depth = 0): void {
  if (weighing.problems.length > 0) return
  weighing.weight += 1 + (isObject(schema) ? listed(schema) : 0)
  if (weighing.weight > MAX_WEIGHT || depth > MAX_DEPTH) refuse(weighing, path, TOO_BIG)
  if (!isObject(schema) || weighing.problems.length > 0) return
  for (const key of REFUSED) if (Object.hasOwn(schema, key)) refuse(weighing, below(path, key), 'is not allowed here.')
  if (depth > 0 && Object.hasOwn(schema, '$defs'))
    refuse(weighing, `${path}.$defs`, 'belongs at the top of the schema.')
  for (const [part, at] of partsOf(schema, path)) weigh(weighing, part, at, depth + 1)
  if (Object.hasOwn(schema, '$ref')) follow(weighing, schema.$ref, below(path, '$ref'), depth)
}

const TOO_BIG = `The schema is too big: nest at most ${MAX_DEPTH} levels, with ${MAX_WEIGHT} schemas and values in all.`

/** What is compared with values: its length in tens of characters. */
function listed({ enum: values, const: value, required }: Schema): number {
  return Math.floor(JSON.stringify([values ?? 0, value ?? 0, required ?? 0]).length / 10)
}

/** The schemas directly within one, with their paths. Shapes that are wrong are told by the validator. */
function partsOf(schema: Schema, path: string): [unknown, string][] {
  return [
    ...[...ONE, ...ONE_MORE].flatMap((key): [unknown, string][] =>
      Object.hasOwn(schema, key) ? [[schema[key], below(path, key)]] : [],
    ),
    ...LISTS.flatMap((key) =>
      Object.entries(arrayOr(schema[key])).map(([index, part]): [unknown, string] => [
        part,
        `${path}.${key}[${index}]`,
      ]),
    ),
    ...MAPS.flatMap((key) =>
      Object.entries(objectOr(schema[key])).map(([name, part]): [unknown, string] => [
        part,
        below(`${path}.${key}`, name),
      ]),
    ),
  ]
}

function follow(weighing: Weighing, ref: unknown, path: string, depth: number): void {
  const name = typeof ref === 'string' ? /^#\/\$defs\/([\w.-]+)$/.exec(ref)?.[1] : undefined
  const defs = objectOr(weighing.root.$defs)
  if (name === undefined || !Object.hasOwn(defs, name)) {
    refuse(weighing, path, 'must name one of the schema’s own definitions: #/$defs/name.')
  } else if (weighing.within.includes(name)) {
    refuse(weighing, path, `leads back to "${name}": a schema cannot hold itself.`)
  } else {
    weighing.within.push(name)
    weigh(weighing, defs[name], path, depth + 1)
    weighing.within.pop()
  }
}

function refuse({ problems }: Weighing, path: string, message: string): void {
  problems.push({ path, code: 'schema_refused', message })
}

const isObject = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const objectOr = (value: unknown): Schema => (isObject(value) ? value : {})
const arrayOr = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

import { checkAgainst, type JsonSchema, schemaProblems } from '../json-schema.ts'
import { below, type Problem } from '../problem.ts'
import type { CalledPart } from '../program.ts'
import type { CallStep, Mapping } from '../step.ts'
import { type Dynamic, probeOf } from './action-input.ts'

interface Shape extends JsonSchema {
  $defs?: unknown
  properties?: Record<string, unknown>
}

/** What a function needs and is not given, what it is given and does not take, and constants that do not fit; `path` is where the call's input stands. */
export function callInputProblems({ name, document }: CalledPart, { input }: CallStep, path: string): Problem[] {
  if (document.trigger.kind !== 'function') return []
  const schema: Shape = document.trigger.input
  const { properties = {}, required } = schema
  const missing = (Array.isArray(required) ? required : [])
    .filter((key) => !Object.hasOwn(input, String(key)))
    .map((key) => ({ path, code: 'input_missing', message: `“${name}” needs ${key}.` }))
  const unknown = Object.keys(input)
    .filter((key) => takesNoOther(schema) && !Object.hasOwn(properties, key))
    .map((key) => ({ path: below(path, key), code: 'input_unknown', message: `“${name}” takes no ${key}.` }))
  return [
    ...missing,
    ...unknown,
    ...constantProblems(name, schema, input).map(({ at, ...rest }) => ({ path: path + at, ...rest })),
  ]
}

/** Whether values have the properties that a schema lists, and no others. */
export const takesNoOther = ({ additionalProperties, patternProperties }: JsonSchema): boolean =>
  additionalProperties === false && patternProperties === undefined

/** Longer ones are left to the call itself. */
const MAX_CONSTANT = 500

/** Constants that their own part of the schema refuses: nothing is said of what lies between them, some of which a job only knows. */
function constantProblems(name: string, { $defs, properties = {} }: Shape, input: CallStep['input']) {
  const constants = Object.entries(input).flatMap(([key, mapping]) =>
    Object.hasOwn(properties, key) ? constantOf(key, mapping) : [],
  )
  const known = Object.fromEntries(constants.map(([key]) => [key, properties[key]]))
  const schema: JsonSchema = { type: 'object', ...($defs !== undefined && { $defs }), properties: known }
  // why: the schema of a function that was never started may be none.
  if (constants.length === 0 || schemaProblems(schema, '').length > 0) return []
  return checkAgainst(schema, Object.fromEntries(constants))
    .filter(({ path }) => path !== '')
    .map(({ path, message }) => ({
      at: path.startsWith('[') ? path : `.${path}`,
      code: 'function_input_invalid',
      message: `“${name}” takes another input: ${path} ${message}.`,
    }))
}

function constantOf(key: string, mapping: Mapping): [string, unknown][] {
  const dynamic: Dynamic[] = []
  const value = probeOf(mapping, [], dynamic)
  return dynamic.length > 0 || JSON.stringify(value).length > MAX_CONSTANT ? [] : [[key, value]]
}

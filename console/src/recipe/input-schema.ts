import type { SchemaProperty } from '../parts/schema-form.tsx'

/** JSON Schema of what a skill is called with, as far as fields can be made of it. */
export interface InputSchema {
  properties: Record<string, SchemaProperty>
  required: string[]
}

type Schema = Record<string, unknown>
const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null

/** The fields of a skill's schema, references to its own `$defs` resolved and defaults apart; no properties where it names none. */
export function readInputSchema(schema: Schema): { schema: InputSchema; defaults: Record<string, unknown> } {
  const defs = isSchema(schema.$defs) ? schema.$defs : {}
  const required = Array.isArray(schema.required) ? (schema.required as string[]) : []
  const properties: Record<string, SchemaProperty> = {}
  const defaults: Record<string, unknown> = {}
  // What is required comes first, in its own order: that of the properties is the database's.
  const entries = Object.entries(isSchema(schema.properties) ? schema.properties : {})
  const rank = (name: string) => (required.includes(name) ? required.indexOf(name) : required.length)
  for (const [name, given] of entries.sort(([a], [b]) => rank(a) - rank(b))) {
    const { default: preset, ...property } = resolved(given, defs)
    // The server fills no defaults in, so they are what the form begins with; a required yes or no begins with no.
    if (preset !== undefined) defaults[name] = preset
    else if (property.type === 'boolean' && required.includes(name)) defaults[name] = false
    properties[name] = property
  }
  return { schema: { properties, required }, defaults }
}

function resolved(given: unknown, defs: Schema): SchemaProperty {
  if (!isSchema(given)) return {}
  const name = typeof given.$ref === 'string' ? given.$ref.replace('#/$defs/', '') : undefined
  const { $ref: _, ...own } = given
  const whole = { ...(name !== undefined && isSchema(defs[name]) && defs[name]), ...own }
  return { ...whole, type: oneType(whole.type) } as SchemaProperty
}

/** `["string", "null"]` is a string that may be left out. */
function oneType(type: unknown): string | undefined {
  const types = (Array.isArray(type) ? type : [type]).filter((each) => each !== 'null')
  return types.length === 1 ? (types[0] as string | undefined) : undefined
}

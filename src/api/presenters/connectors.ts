import { z } from 'zod'
import type { CommandsContext } from '#commands/context.ts'
import type { ConnectorBody } from '../contract.ts'

type Connector = CommandsContext['connectors'] extends ReadonlyMap<string, infer C> ? C : never

/** A connector with its forms as JSON Schema; nothing of how it signs in. */
export function presentConnector(connector: Connector): z.infer<typeof ConnectorBody> {
  const { name, label, icon, personal, settings, actions } = connector
  return {
    name,
    label,
    icon,
    personal,
    settings_schema: schemaOf(settings, 'input'),
    actions: actions.map((action) => ({
      name: action.name,
      label: action.label,
      description: action.description,
      consent_text: action.consentText,
      idempotent: action.idempotent,
      input_schema: schemaOf(action.input, 'input'),
      output_schema: schemaOf(action.output, 'output'),
    })),
  }
}

// Computed once each: connectors do not change while the server runs.
const schemas = new WeakMap<z.ZodType, Record<string, unknown>>()

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const known = schemas.get(schema)
  if (known) return known
  // What JSON Schema cannot say (a transform) is left open rather than an error.
  const made: Record<string, unknown> = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  schemas.set(schema, made)
  return made
}

import { z } from 'zod'
import type { CommandsContext } from '#commands/context.ts'
import type { ConnectorBody, Preset } from '../connectors-contract.ts'

type Connector = CommandsContext['connectors'] extends ReadonlyMap<string, infer C> ? C : never
type PresetOf = NonNullable<Connector['presets']>[number]

/** A connector with its forms as JSON Schema; nothing of how it signs in. */
export function presentConnector(connector: Connector): z.infer<typeof ConnectorBody> {
  const { name, label, icon, personal, settings, actions } = connector
  return {
    name,
    label,
    icon,
    personal,
    authentication: authenticationOf(connector),
    has_presets: connector.presets !== undefined,
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

/** As a rule it does not hang on the settings: those of an example, or the defaults, speak for all. */
function authenticationOf({ settings, authentication }: Connector): 'oauth2' | 'form' {
  const [example = {}] = (settings.meta()?.examples ?? []) as unknown[]
  return authentication(settings.parse(example)).kind
}

export function presentPreset({ name, label, settings, parts }: PresetOf): z.infer<typeof Preset> {
  const known = Object.entries(settings).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return { name, label, settings: Object.fromEntries(known), parts }
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

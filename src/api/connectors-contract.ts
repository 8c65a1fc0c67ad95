import { z } from '@hono/zod-openapi'

const JsonSchema = z.record(z.string(), z.unknown())

export const ConnectorBody = z
  .object({
    name: z.string(),
    label: z.string(),
    icon: z.string(),
    personal: z.boolean(),
    /** Whether a parent has an OAuth client, or its credential is typed into a form. */
    authentication: z.enum(['oauth2', 'form']),
    /** Whether there are settings of well-known applications to begin from. */
    has_presets: z.boolean(),
    settings_schema: JsonSchema,
    actions: z.array(
      z.object({
        name: z.string(),
        label: z.string(),
        description: z.string(),
        consent_text: z.string(),
        idempotent: z.boolean(),
        input_schema: JsonSchema,
        output_schema: JsonSchema,
      }),
    ),
  })
  .openapi('Connector')

/** Settings of a well-known application to begin a parent from; `{part}` in a value is to be filled in. */
export const Preset = z
  .object({
    name: z.string(),
    label: z.string(),
    settings: z.record(z.string(), z.string()),
    parts: z.array(z.string()),
  })
  .openapi('Preset')

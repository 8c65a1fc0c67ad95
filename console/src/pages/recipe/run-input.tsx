import { Stack, Text } from '@mantine/core'
import type { FieldErrors } from '../../api/field-errors.ts'
import { JsonField } from '../../parts/json-field.tsx'
import { SchemaForm } from '../../parts/schema-form.tsx'
import type { Trigger } from '../../recipe/document.ts'
import { readInputSchema } from '../../recipe/input-schema.ts'
import { inputOf, ParameterField, type Values } from './parameter-field.tsx'

export type Input = Record<string, unknown>

interface RunInputProps {
  trigger: Trigger | undefined
  value: Input
  errors: FieldErrors
  onChange: (value: Input) => void
}

/** The fields of what a recipe is given when it is run: its parameters, or what the schema of a skill describes. */
export function RunInput({ trigger, value, errors, onChange }: RunInputProps) {
  return (
    <Stack>
      {trigger?.title && <Text fw={600}>{trigger.title}</Text>}
      {trigger?.description && <Text size="sm">{trigger.description}</Text>}
      {trigger?.kind === 'skill' ? (
        <SkillInput schema={trigger.input ?? {}} value={value} errors={errors} onChange={onChange} />
      ) : (
        trigger?.parameters?.map((parameter) => (
          <ParameterField
            key={parameter.name}
            parameter={parameter}
            value={(value as Values)[parameter.name]}
            error={errors[parameter.name]}
            onChange={(next) => onChange({ ...value, [parameter.name]: next })}
          />
        ))
      )}
    </Stack>
  )
}

function SkillInput({ schema: given, value, errors, onChange }: Omit<RunInputProps, 'trigger'> & { schema: Input }) {
  const { schema } = readInputSchema(given)
  if (Object.keys(schema.properties).length > 0) {
    return <SchemaForm schema={{ ...schema }} value={value} errors={errors} onChange={onChange} />
  }
  return (
    <JsonField
      label="Input"
      description="Its schema names no fields."
      example={{}}
      required={false}
      error={errors['']}
      value={undefined}
      onChange={(next) => onChange((next ?? {}) as Input)}
    />
  )
}

/** What the form begins with. */
export function beginningOf(trigger: Trigger | undefined): Input {
  return trigger?.kind === 'skill' ? readInputSchema(trigger.input ?? {}).defaults : {}
}

/** What is sent for what was filled in. */
export function sentInput(trigger: Trigger | undefined, value: Input): Input {
  return trigger?.kind === 'skill' ? value : inputOf(trigger?.parameters ?? [], value as Values)
}

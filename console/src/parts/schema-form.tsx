import { Fieldset, NumberInput, Select, Stack, Switch, TextInput } from '@mantine/core'
import { stepTitle } from '../recipe/words.ts'

/** The part of JSON Schema that a connector's settings are written in: an object of strings, numbers, booleans and enums. */
interface Property {
  type?: string
  title?: string
  description?: string
  enum?: string[]
  default?: unknown
  format?: string
  minimum?: number
  maximum?: number
}

interface SchemaFormProps {
  /** Whose settings these are, where other fields around them may bear the same names. */
  legend?: string
  schema: Record<string, unknown>
  value: Record<string, unknown>
  onChange: (value: Record<string, unknown>) => void
  disabled?: boolean
}

/** Fields for an object by its JSON Schema. An emptied field is taken out, so that its default counts. */
export function SchemaForm({ legend, schema, value, onChange, disabled }: SchemaFormProps) {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, Property>)
  const required = new Set((schema.required ?? []) as string[])
  if (properties.length === 0) return null
  const fields = (
    <Stack>
      {properties.map(([name, property]) => (
        <Field
          key={name}
          name={name}
          property={property}
          required={required.has(name) && property.default === undefined}
          value={value[name] ?? property.default}
          disabled={disabled}
          onChange={(next) => {
            const { [name]: _, ...rest } = value
            onChange(next === '' || next === null ? rest : { ...rest, [name]: next })
          }}
        />
      ))}
    </Stack>
  )
  return legend === undefined ? fields : <Fieldset legend={legend}>{fields}</Fieldset>
}

// `api_key_in_header` is "API key in header".
const optionOf = (value: string) => ({ value, label: stepTitle(value).replace(/^Api\b/, 'API') })

interface FieldProps {
  name: string
  property: Property
  required: boolean
  value: unknown
  disabled: boolean | undefined
  onChange: (value: unknown) => void
}

function Field({ name, property, required, value, disabled, onChange }: FieldProps) {
  const common = { label: property.title ?? stepTitle(name), description: property.description, disabled }
  if (property.enum) {
    const chosen = typeof value === 'string' ? value : null
    return (
      <Select {...common} required={required} data={property.enum.map(optionOf)} value={chosen} onChange={onChange} />
    )
  }
  if (property.type === 'boolean') {
    return <Switch {...common} checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} />
  }
  if (property.type === 'integer' || property.type === 'number') {
    return (
      <NumberInput
        {...common}
        required={required}
        min={property.minimum}
        max={property.maximum}
        allowDecimal={property.type === 'number'}
        value={typeof value === 'number' ? value : ''}
        onChange={(next) => onChange(next === '' ? null : Number(next))}
      />
    )
  }
  return (
    <TextInput
      {...common}
      required={required}
      type={property.format === 'uri' ? 'url' : 'text'}
      value={typeof value === 'string' ? value : ''}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}

import { Fieldset, NumberInput, Select, Stack, Switch, TextInput } from '@mantine/core'
import { stepTitle } from '../recipe/words.ts'
import { JsonField } from './json-field.tsx'

/** The part of JSON Schema that fields are made of: strings, numbers, booleans and enums. Any other value is given as JSON. */
export interface SchemaProperty {
  type?: string | undefined
  title?: string
  description?: string
  enum?: unknown[]
  properties?: Record<string, SchemaProperty>
  items?: SchemaProperty
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
  /** What is wrong with each, by name. */
  errors?: Record<string, string>
  disabled?: boolean
}

/** Fields for an object by its JSON Schema. An emptied field is taken out, so that its default counts. */
export function SchemaForm({ legend, schema, value, errors = {}, onChange, disabled }: SchemaFormProps) {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, SchemaProperty>)
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
          error={errors[name]}
          disabled={disabled}
          onChange={(next) => {
            const { [name]: _, ...rest } = value
            onChange(next === '' || next === null || next === undefined ? rest : { ...rest, [name]: next })
          }}
        />
      ))}
    </Stack>
  )
  return legend === undefined ? fields : <Fieldset legend={legend}>{fields}</Fieldset>
}

// `api_key_in_header` is "API key in header". Each is chosen by its JSON, for 1 is not "1".
const optionOf = (value: unknown) => ({
  value: JSON.stringify(value),
  label: typeof value === 'string' ? stepTitle(value).replace(/^Api\b/, 'API') : JSON.stringify(value),
})

/** What such a value looks like, for who types it as JSON. */
function exampleOf({ type, enum: values, properties, items }: SchemaProperty): unknown {
  if (values) return values[0]
  if (type === 'object')
    return Object.fromEntries(Object.entries(properties ?? {}).map(([name, each]) => [name, exampleOf(each)]))
  if (type === 'array') return items ? [exampleOf(items)] : []
  return { string: '…', number: 1, integer: 1, boolean: true }[type ?? '']
}

interface FieldProps {
  name: string
  property: SchemaProperty
  required: boolean
  value: unknown
  error: string | undefined
  disabled: boolean | undefined
  onChange: (value: unknown) => void
}

function Field({ name, property, required, value, error, disabled, onChange }: FieldProps) {
  const common = { label: property.title ?? stepTitle(name), description: property.description, error, disabled }
  if (property.enum) {
    return (
      <Select
        {...common}
        required={required}
        data={property.enum.map(optionOf)}
        value={value === undefined ? null : JSON.stringify(value)}
        onChange={(chosen) => onChange(chosen === null ? undefined : JSON.parse(chosen))}
      />
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
  if (property.type !== 'string') {
    return <JsonField {...common} required={required} example={exampleOf(property)} value={value} onChange={onChange} />
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

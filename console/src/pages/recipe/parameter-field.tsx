import { NumberInput, Select, Switch, TextInput } from '@mantine/core'
import type { Parameter } from '../../recipe/document.ts'
import { stepTitle } from '../../recipe/words.ts'

type Value = string | number | boolean | null | undefined
export type Values = Record<string, Value>

interface ParameterFieldProps {
  parameter: Parameter
  value: Value
  /** What the server says is wrong with it. */
  error?: string | undefined
  onChange: (value: Value) => void
}

/** The field for one parameter of a trigger, by its type. */
export function ParameterField({ parameter, value, error, onChange }: ParameterFieldProps) {
  const { type, hint, choices } = parameter
  const label = parameter.label ?? stepTitle(parameter.name)
  const required = parameter.required !== false
  const common = { label, description: hint, required, error }
  switch (type) {
    case 'number':
      return (
        <NumberInput
          {...common}
          value={(value as number | undefined) ?? ''}
          onChange={onChange}
          thousandSeparator=" "
        />
      )
    case 'boolean':
      return (
        <Switch
          label={label}
          description={hint}
          error={error}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      )
    case 'choice':
      return (
        <Select {...common} data={choices ?? []} value={(value as string | undefined) ?? null} onChange={onChange} />
      )
    default:
      return (
        <TextInput
          {...common}
          value={(value as string | undefined) ?? ''}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )
  }
}

/** What is sent: the filled-in parameters. An empty field is left out; a switch that was not touched is off. */
export function inputOf(parameters: Parameter[], values: Values): Record<string, unknown> {
  const input: Record<string, unknown> = {}
  for (const { name, type } of parameters) {
    const value = values[name] ?? (type === 'boolean' ? false : undefined)
    if (value !== undefined && value !== '') input[name] = value
  }
  return input
}

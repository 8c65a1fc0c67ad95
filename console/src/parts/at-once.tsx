import { NumberInput } from '@mantine/core'

interface AtOnceProps {
  /** What the limit does, in a sentence. */
  description: string
  /** Null: no limit. */
  value: number | null
  onChange: (value: number | null) => void
  disabled: boolean
}

/** The field for how many jobs run at once. */
export function AtOnce({ description, value, onChange, disabled }: AtOnceProps) {
  return (
    <NumberInput
      label="Jobs at once"
      maw={480}
      description={description}
      placeholder="No limit"
      min={1}
      max={1000}
      allowDecimal={false}
      disabled={disabled}
      value={value ?? ''}
      onChange={(next) => onChange(next === '' ? null : Number(next))}
    />
  )
}

import { TextInput } from '@mantine/core'

/** The date so many days from now, as a date field has it. */
export const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

/** Until when somebody delegates: from tomorrow to a year ahead. */
export function LastDay({ value, onChange }: { value: string; onChange: (day: string) => void }) {
  return (
    <TextInput
      label="Last day"
      description="At most a year ahead."
      type="date"
      required
      min={inDays(1)}
      max={inDays(364)}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}

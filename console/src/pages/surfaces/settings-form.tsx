import { Button, Card, Group, PasswordInput, Select, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { ApiError, request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { Surface } from '../../contract.ts'
import { Refusal } from '../../parts/problem-list.tsx'

type Field = Surface['fields'][number]
type Values = Record<string, string>

/** What the app at the vendor needs. A secret is sent only when one is typed, and never comes back. */
export function SettingsForm({ surface: { name, fields } }: { surface: Surface }) {
  const settings = fields.filter(({ secret }) => !secret)
  const [values, setValues] = useState<Values>(() =>
    Object.fromEntries(settings.map((field) => [field.name, field.value ?? ''])),
  )
  const [secrets, setSecrets] = useState<Values>({})
  const typed = Object.fromEntries(Object.entries(secrets).filter(([, secret]) => secret !== ''))
  const save = useAct({
    run: () => request('PUT', `/surfaces/${encodeURIComponent(name)}`, { settings: values, secrets: typed }),
    note: 'Saved.',
    quiet: true,
  })
  const problems = problemsOf(save.error)
  return (
    <Card>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <Stack>
          {fields.map((field) => (
            <Input
              key={field.name}
              field={field}
              value={(field.secret ? secrets : values)[field.name] ?? ''}
              error={problems[field.name]}
              onChange={(value) =>
                field.secret
                  ? setSecrets({ ...secrets, [field.name]: value })
                  : setValues({ ...values, [field.name]: value })
              }
            />
          ))}
          {Object.keys(problems).length === 0 && <Refusal error={save.error} />}
          <Group justify="flex-end">
            <Button type="submit" loading={save.isPending}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  )
}

interface InputProps {
  field: Field
  value: string
  error: string | undefined
  onChange: (value: string) => void
}

function Input({ field, value, error, onChange }: InputProps) {
  const { name, label, hint, secret, required, choices, kept } = field
  const shared = { label, description: hint, value, error, name: `surface-${name}` }
  if (choices.length > 0)
    return <Select {...shared} data={choices} allowDeselect={false} onChange={(chosen) => onChange(chosen ?? '')} />
  if (secret)
    return (
      <PasswordInput
        {...shared}
        required={required && !kept}
        placeholder={kept ? 'Kept. Type to replace it' : undefined}
        autoComplete="new-password"
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    )
  return (
    <TextInput
      {...shared}
      required={required}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}

/** What the server says is wrong, by field. */
function problemsOf(error: Error | null): Record<string, string> {
  const problems = error instanceof ApiError ? error.details.problems : undefined
  if (!Array.isArray(problems)) return {}
  return Object.fromEntries(problems.map(({ field, problem }: { field: string; problem: string }) => [field, problem]))
}

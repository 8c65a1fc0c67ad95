import { Button, Card, Group, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { workspaceSettingsQuery } from '../../api/queries.ts'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { WorkspaceSettings } from '../../contract.ts'
import { Loaded } from '../../parts/loaded.tsx'
import { Refusal } from '../../parts/problem-list.tsx'
import { Section } from '../../parts/row-card.tsx'
import { SchemaForm } from '../../parts/schema-form.tsx'

/** The workspace's settings by their schema. Only what was changed is sent. */
export function WorkspaceForm() {
  const query = useQuery(workspaceSettingsQuery)
  return (
    <Section
      title="People’s own accounts"
      lead="The defaults are the safe ones; each sentence says what a change gives up."
    >
      <Loaded query={query}>{(form) => <Form key={JSON.stringify(form.settings)} form={form} />}</Loaded>
    </Section>
  )
}

function Form({ form: { settings, schema } }: { form: WorkspaceSettings }) {
  const [value, setValue] = useState(settings)
  const change = Object.fromEntries(Object.entries(value).filter(([name, each]) => each !== settings[name]))
  const changed = Object.keys(change).length > 0
  const save = useAct({ run: () => request('PATCH', '/workspace/settings', change), note: 'Saved.', quiet: true })
  return (
    <Card>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <Stack>
          <SchemaForm schema={schema} value={value} onChange={setValue} />
          <Refusal error={save.error} />
          <Group justify="flex-end">
            <Button type="submit" variant={changed ? 'filled' : 'default'} disabled={!changed} loading={save.isPending}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  )
}

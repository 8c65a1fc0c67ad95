import { Button, Card, Group, Select, Stack, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { presetsQuery } from '../../api/queries.ts'
import type { Connector, Preset } from '../../contract.ts'
import { PlaceFields } from '../../parts/place-fields.tsx'
import { SchemaForm } from '../../parts/schema-form.tsx'
import type { Draft } from './new-connection.tsx'

interface DescribeConnectionProps {
  connector: Connector
  draft: Draft
  onDraft: (draft: Draft) => void
  onBack: () => void
  onNext: () => void
}

/** Name, place and settings. Nothing is made yet. */
export function DescribeConnection({ connector, draft, onDraft, onBack, onNext }: DescribeConnectionProps) {
  const [tried, setTried] = useState(false)
  const { name, projectId, environment, settings } = draft
  return (
    <Card maw={760}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (projectId === null) setTried(true)
          else onNext()
        }}
      >
        <Stack>
          {connector.has_presets && <PresetField connector={connector} draft={draft} onDraft={onDraft} />}
          <TextInput
            label="Name"
            description="Recipes and people see it under this name."
            required
            maxLength={120}
            value={name}
            onChange={(event) => onDraft({ ...draft, name: event.currentTarget.value })}
          />
          <PlaceFields
            projectId={projectId}
            environment={environment}
            onProject={(id) => onDraft({ ...draft, projectId: id })}
            onEnvironment={(next) => onDraft({ ...draft, environment: next })}
            missing={tried}
          />
          <SchemaForm
            legend={connector.label}
            schema={connector.settings_schema}
            value={settings}
            onChange={(next) => onDraft({ ...draft, settings: next })}
          />
          <Group justify="space-between">
            <Button variant="default" onClick={onBack}>
              Back
            </Button>
            <Button type="submit">Next</Button>
          </Group>
        </Stack>
      </form>
    </Card>
  )
}

type PresetProps = Pick<DescribeConnectionProps, 'connector' | 'draft' | 'onDraft'>

/** Begins the settings from a well-known application; what differs from customer to customer is filled in here. */
function PresetField({ connector, draft, onDraft }: PresetProps) {
  const presets = useQuery(presetsQuery(connector.name)).data ?? []
  const [chosen, setChosen] = useState<Preset>()
  const [parts, setParts] = useState<Record<string, string>>({})
  const apply = (preset: Preset, filled: Record<string, string>) => {
    setChosen(preset)
    setParts(filled)
    onDraft({ ...draft, name: preset.label, settings: { ...draft.settings, ...fill(preset, filled) } })
  }
  return (
    <Stack gap="xs">
      <Select
        label="Preset"
        description="Fills in what is known of an application. Check it against the application’s own pages."
        placeholder={`${presets.length} applications`}
        data={presets.map(({ name, label }) => ({ value: name, label }))}
        value={chosen?.name ?? null}
        onChange={(name) => {
          const preset = presets.find((one) => one.name === name)
          if (preset) apply(preset, {})
        }}
        searchable
        nothingFoundMessage="Not among the presets: fill in the settings below."
        limit={60}
      />
      {chosen?.parts.map((part) => (
        <TextInput
          key={part}
          label={`Your ${part} at ${chosen.label}`}
          required
          value={parts[part] ?? ''}
          onChange={(event) => apply(chosen, { ...parts, [part]: event.currentTarget.value })}
        />
      ))}
    </Stack>
  )
}

function fill({ settings }: Preset, parts: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      name,
      value.replaceAll(/\{(\w+)\}/g, (whole, part: string) => parts[part] || whole),
    ]),
  )
}

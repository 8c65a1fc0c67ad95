import { Button, Card, Group, Paper, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { Recipe } from '../../contract.ts'
import { AtOnce } from '../../parts/at-once.tsx'
import { Refusal } from '../../parts/problem-list.tsx'
import { Section } from '../../parts/row-card.tsx'
import { asDocument } from '../../recipe/document.ts'
import { useCan } from '../../session.ts'
import { type Draft, describeChange, documentOf } from './change-settings.ts'
import { ConnectionSetting } from './connection-setting.tsx'
import { Runners } from './runners.tsx'

/** With which connections the recipe works and whose accounts it uses, how many of its jobs run at once, and who may run it. A change of the first two is a new version. */
export function Settings({ recipe }: { recipe: Recipe }) {
  return (
    <>
      {/* A version saved elsewhere starts the form anew: nothing of another version is ever saved over it. */}
      <VersionedSettings key={recipe.version} recipe={recipe} />
      <Runners recipe={recipe} />
    </>
  )
}

function VersionedSettings({ recipe }: { recipe: Recipe }) {
  const { connections = {}, settings } = asDocument(recipe.document)
  const saved: Draft = { connections, atOnce: settings?.at_once ?? null }
  const [draft, setDraft] = useState(saved)
  const mayEdit = useCan()('recipes.edit')
  const changed = JSON.stringify(draft) !== JSON.stringify(saved)
  const save = useAct({
    run: () =>
      request('PUT', `/recipes/${recipe.id}`, {
        document: documentOf(recipe.document, draft),
        comment: describeChange(saved, draft),
        expected_version: recipe.version,
      }),
    note: 'Saved as a new version.',
    quiet: true,
  })
  return (
    <>
      <Section
        title="Connections"
        lead="Each application the steps work with, through which connection, and with whose account."
      >
        <Stack gap="sm">
          {Object.keys(draft.connections).length === 0 && (
            <Card>
              <Text c="dimmed">This recipe uses no application. Its steps name their connections in the source.</Text>
            </Card>
          )}
          {Object.entries(draft.connections).map(([alias, connection]) => (
            <ConnectionSetting
              key={alias}
              alias={alias}
              connection={connection}
              recipe={recipe}
              onChange={(next) => setDraft({ ...draft, connections: { ...draft.connections, [alias]: next } })}
            />
          ))}
        </Stack>
      </Section>
      <Section title="Limit">
        <Card>
          <AtOnce
            description="So many jobs of this recipe run at the same time; the others wait for their turn. Empty: no limit."
            value={draft.atOnce}
            onChange={(atOnce) => setDraft({ ...draft, atOnce })}
            disabled={!mayEdit}
          />
        </Card>
      </Section>
      <Refusal error={save.error} />
      {changed && (
        // In sight wherever the page is scrolled to, so that nobody leaves a turned switch behind unsaved.
        <Paper withBorder shadow="md" p="md" radius="lg" pos="sticky" bottom={16} style={{ zIndex: 2 }}>
          <Group justify="space-between">
            <div>
              <Text fw={600}>Not saved yet</Text>
              <Text size="sm" c="dimmed">
                Saving makes version {recipe.version + 1}. Jobs that run already keep to theirs.
              </Text>
            </div>
            <Group gap="xs">
              <Button variant="default" onClick={() => setDraft(saved)}>
                Discard
              </Button>
              <Button loading={save.isPending} disabled={!mayEdit} onClick={() => save.mutate()}>
                Save
              </Button>
            </Group>
          </Group>
        </Paper>
      )}
    </>
  )
}

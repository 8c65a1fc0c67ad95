import { Button, Card, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { useState } from 'react'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { Recipe } from '../../contract.ts'
import { Refusal } from '../../parts/problem-list.tsx'
import { asDocument, type RecipeConnection } from '../../recipe/document.ts'
import { useCan } from '../../session.ts'
import { ConnectionSetting } from './connection-setting.tsx'
import { Runners } from './runners.tsx'

type Connections = Record<string, RecipeConnection>

/** With which connections the recipe works and whose accounts it uses, and who may run it. A change of the first is a new version. */
export function Settings({ recipe }: { recipe: Recipe }) {
  return (
    <>
      {/* A version saved elsewhere starts the form anew: nothing of another version is ever saved over it. */}
      <ConnectionSettings key={recipe.version} recipe={recipe} />
      <Runners recipe={recipe} />
    </>
  )
}

function ConnectionSettings({ recipe }: { recipe: Recipe }) {
  const saved = asDocument(recipe.document).connections ?? {}
  const [connections, setConnections] = useState<Connections>(saved)
  const mayEdit = useCan()('recipes.edit')
  const changed = JSON.stringify(connections) !== JSON.stringify(saved)
  const save = useAct({
    run: () =>
      request('PUT', `/recipes/${recipe.id}`, {
        document: { ...recipe.document, connections },
        comment: describeChange(saved, connections),
        expected_version: recipe.version,
      }),
    note: 'Saved as a new version.',
    quiet: true,
  })
  return (
    <section aria-labelledby="connections-title">
      <Title order={2} fz="lg" id="connections-title">
        Connections
      </Title>
      <Text c="dimmed" mb="sm">
        Each application the steps work with, through which connection, and with whose account.
      </Text>
      {Object.keys(connections).length === 0 && (
        <Card>
          <Text c="dimmed">This recipe uses no application. Its steps name their connections in the source.</Text>
        </Card>
      )}
      <Stack gap="sm">
        {Object.entries(connections).map(([alias, connection]) => (
          <ConnectionSetting
            key={alias}
            alias={alias}
            connection={connection}
            recipe={recipe}
            onChange={(next) => setConnections({ ...connections, [alias]: next })}
          />
        ))}
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
                <Button variant="default" onClick={() => setConnections(saved)}>
                  Discard
                </Button>
                <Button loading={save.isPending} disabled={!mayEdit} onClick={() => save.mutate()}>
                  Save
                </Button>
              </Group>
            </Group>
          </Paper>
        )}
      </Stack>
    </section>
  )
}

/** The version's comment: what was changed, in words. */
function describeChange(before: Connections, after: Connections): string {
  const said = Object.entries(after).flatMap(([alias, { personal, connection_id }]) => {
    const was = before[alias]
    return [
      (was?.personal ?? false) === (personal ?? false)
        ? []
        : [`${alias}: uses ${personal ? 'the account of the person who runs it' : 'the connection’s own account'}`],
      (was?.connection_id ?? null) === (connection_id ?? null) ? [] : [`${alias}: another connection`],
    ].flat()
  })
  return said.join('; ').slice(0, 500)
}

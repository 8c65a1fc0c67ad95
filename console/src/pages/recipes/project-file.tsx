import { Button, Card, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { Environment } from '../../contract.ts'
import { Icon } from '../../parts/icon.tsx'
import { Page } from '../../parts/page.tsx'
import { PlaceFields } from '../../parts/place-fields.tsx'
import { Section } from '../../parts/row-card.tsx'
import { useCan } from '../../session.ts'
import { ImportProject } from './import-project.tsx'

/** All recipes of a project's environment as one file: out, and in again here or at another Behalf. */
export function ProjectFile() {
  const [projectId, setProjectId] = useState<string | null>(null)
  const [environment, setEnvironment] = useState<Environment>('DEV')
  const mayEdit = useCan()('recipes.edit')
  return (
    <Page
      title="A project as a file"
      lead="All recipes of a project’s environment in one file, functions included. It holds no secret, nobody’s own connection and no address of a webhook; connections and functions are named, and found by their names where it is imported."
      back={{ to: '/recipes', label: 'Recipes' }}
    >
      <Stack gap="xl" maw={760}>
        <Card>
          <PlaceFields
            projectId={projectId}
            environment={environment}
            onProject={setProjectId}
            onEnvironment={setEnvironment}
          />
        </Card>
        <Section title="Export" lead="The current version of each recipe there.">
          <ExportButton projectId={projectId} environment={environment} />
        </Section>
        {mayEdit && (
          <Section
            title="Import"
            lead="First you see what it would make and change. Then all of it is done, or nothing."
          >
            {projectId === null ? (
              <Text size="sm" c="dimmed">
                Choose a project first.
              </Text>
            ) : (
              // Another place is another import.
              <ImportProject key={projectId + environment} place={{ project_id: projectId, environment }} />
            )}
          </Section>
        )}
      </Stack>
    </Page>
  )
}

function ExportButton({ projectId, environment }: { projectId: string | null; environment: Environment }) {
  const look = { variant: 'default', leftSection: <Icon name="download" size={16} />, w: 'fit-content' } as const
  if (projectId === null) {
    return (
      <Button {...look} disabled>
        Export as a file
      </Button>
    )
  }
  return (
    <Group>
      <Button
        {...look}
        component="a"
        href={`/api/projects/${projectId}/export?environment=${environment}`}
        download={`project-${environment.toLowerCase()}.json`}
      >
        Export as a file
      </Button>
    </Group>
  )
}

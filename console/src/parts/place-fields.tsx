import { Group, Input, SegmentedControl, Select, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { projectsQuery } from '../api/queries.ts'
import type { Environment } from '../contract.ts'

interface PlaceFieldsProps {
  projectId: string | null
  environment: Environment
  onProject: (id: string) => void
  onEnvironment: (environment: Environment) => void
  /** That a project is wanted, once somebody tried to go on without one. */
  missing?: boolean
}

const ENVIRONMENTS: Environment[] = ['DEV', 'TEST', 'PROD']

/** Where something new belongs: its project (the only one is chosen already) and environment. */
export function PlaceFields({ projectId, environment, onProject, onEnvironment, missing }: PlaceFieldsProps) {
  const projects = useQuery(projectsQuery).data
  useEffect(() => {
    if (projectId === null && projects?.length === 1) onProject(projects[0]!.id)
  }, [projectId, projects, onProject])
  return (
    <Group grow align="flex-start" preventGrowOverflow={false}>
      <Select
        label="Project"
        required
        data={(projects ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        value={projectId}
        onChange={(id) => id && onProject(id)}
        allowDeselect={false}
        error={missing && projectId === null && 'Choose where it belongs.'}
      />
      <Stack gap={0} w="fit-content">
        <Input.Label labelElement="div" id="environment-label">
          Environment
        </Input.Label>
        <SegmentedControl
          aria-labelledby="environment-label"
          data={ENVIRONMENTS}
          value={environment}
          onChange={(value) => onEnvironment(value as Environment)}
        />
      </Stack>
    </Group>
  )
}

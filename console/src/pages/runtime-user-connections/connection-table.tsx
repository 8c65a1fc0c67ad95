import { Anchor, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { parentsQuery, projectsQuery } from '../../api/queries.ts'
import type { Connection } from '../../contract.ts'
import { ConnectorIcon, useConnector } from '../../parts/app-icon.tsx'
import { type Column, ListTable } from '../../parts/list-table.tsx'
import { EnvironmentBadge, StatusBadge } from '../../parts/status-badge.tsx'
import { surfaceWords } from '../../parts/surface-words.ts'
import { Time } from '../../parts/time.tsx'
import { useCan } from '../../session.ts'

interface ConnectionTableProps {
  connections: Connection[]
  onOpen: (id: string) => void
  more: { has: boolean; busy: boolean; load: () => void }
}

/** The connections of people, one a row. */
export function ConnectionTable({ connections, onOpen, more }: ConnectionTableProps) {
  const projectName = useProjectName()
  const parentName = useParentName()
  const columns: Column<Connection>[] = [
    {
      title: 'Person',
      cell: ({ id, person }) => (
        <Stack gap={0}>
          <Anchor component="button" type="button" onClick={() => onOpen(id)} fw={600} size="sm" ta="start">
            {person?.name ?? '–'}
          </Anchor>
          <Text size="xs" c="dimmed">
            {person?.email}
          </Text>
        </Stack>
      ),
    },
    {
      title: 'Application',
      cell: ({ connector, parent_id }) => <Application {...{ connector, parent: parentName(parent_id) }} />,
    },
    {
      title: 'Outside account',
      cell: ({ account, scopes }) => <Two first={account?.label ?? '–'} second={scopes.join(', ')} />,
    },
    { title: 'Status', cell: ({ status }) => <StatusBadge status={status} /> },
    { title: 'Surface', cell: ({ surface }) => surfaceWords(surface) },
    {
      title: 'Project',
      cell: ({ project_id, environment }) => (
        <Stack gap={3} align="flex-start">
          {projectName(project_id)}
          <EnvironmentBadge environment={environment} />
        </Stack>
      ),
    },
    { title: 'Created', cell: ({ created_at }) => <Time at={created_at} /> },
    { title: 'Last used', cell: ({ last_used_at }) => <Time at={last_used_at} never="Never" /> },
  ]
  return (
    <ListTable
      label="Runtime user connections"
      columns={columns}
      rows={connections}
      rowId={({ id }) => id}
      more={more}
    />
  )
}

function Application({ connector, parent }: { connector: string; parent: string }) {
  return (
    <Group gap={10} wrap="nowrap">
      <ConnectorIcon connector={connector} size={28} />
      <Two first={useConnector(connector)?.label ?? connector} second={parent} />
    </Group>
  )
}

function Two({ first, second }: { first: string; second: string }) {
  return (
    <Stack gap={0}>
      <span>{first}</span>
      <Text size="xs" c="dimmed">
        {second}
      </Text>
    </Stack>
  )
}

/** A project's name by its id. */
export function useProjectName(): (id: string) => string {
  const projects = useQuery(projectsQuery).data ?? []
  return (id) => projects.find((project) => project.id === id)?.name ?? '–'
}

/** A parent's name by its id; a deleted one has none any more, and one who may not see connections sees none. */
export function useParentName(): (id: string | null) => string {
  const enabled = useCan()('connections.view')
  const parents = useQuery({ ...parentsQuery(), enabled }).data
  return (id) => parents?.find((parent) => parent.id === id)?.name ?? (parents === undefined ? '–' : 'Deleted')
}

import { Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { projectsQuery } from '../../api/queries.ts'
import { moreOf, usePages } from '../../api/use-pages.ts'
import type { Connection } from '../../contract.ts'
import { ConnectorIcon } from '../../parts/app-icon.tsx'
import { Empty } from '../../parts/empty.tsx'
import { Icon } from '../../parts/icon.tsx'
import { ButtonLink, TextLink } from '../../parts/links.tsx'
import { type Column, ListTable } from '../../parts/list-table.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { lostReason } from '../../parts/lost-reason.ts'
import { LostSecrets } from '../../parts/lost-secrets.tsx'
import { Page } from '../../parts/page.tsx'
import { EnvironmentBadge, StatusBadge } from '../../parts/status-badge.tsx'
import { Time } from '../../parts/time.tsx'
import { useCan } from '../../session.ts'

/** The parent connections: those that recipes choose. */
export function Connections() {
  const query = usePages<Connection>('/connections')
  const projects = useQuery(projectsQuery).data ?? []
  const add = useCan()('connections.create') && (
    <ButtonLink to="/connections/new" leftSection={<Icon name="plus" size={16} />}>
      New connection
    </ButtonLink>
  )
  const columns: Column<Connection>[] = [
    { title: 'Connection', cell: (connection) => <Name connection={connection} /> },
    { title: 'Status', cell: ({ authorization_status }) => <StatusBadge status={authorization_status} /> },
    { title: 'Account', cell: ({ account }) => account?.label ?? '–' },
    { title: 'People connected', cell: ({ children_count }) => children_count ?? '–' },
    {
      title: 'Project',
      cell: ({ project_id, environment }) => (
        <Group gap={8} wrap="nowrap">
          {projects.find(({ id }) => id === project_id)?.name ?? '–'}
          <EnvironmentBadge environment={environment} />
        </Group>
      ),
    },
    { title: 'Last used', cell: ({ last_used_at }) => <Time at={last_used_at} never="Never" /> },
  ]
  return (
    <Page
      title="Connections"
      lead="One instance of an application: its address, Behalf’s OAuth client there, and one account of its own. Recipes choose among these; people connect their own accounts beneath them."
      actions={add}
      wide
    >
      <LostSecrets kinds={['oauth_client', 'credential']} />
      <Loaded query={query}>
        {(connections) =>
          connections.length === 0 ? (
            <Empty icon="plug" title="No connections yet" action={add}>
              Register Behalf as an OAuth application at, for example, Salesforce or GitHub, and enter its client here.
              Recipes can then work there.
            </Empty>
          ) : (
            <ListTable
              label="Connections"
              columns={columns}
              rows={connections}
              rowId={({ id }) => id}
              more={moreOf(query)}
            />
          )
        }
      </Loaded>
    </Page>
  )
}

function Name({ connection }: { connection: Connection }) {
  return (
    <Group gap="sm" wrap="nowrap">
      <ConnectorIcon connector={connection.connector} size={30} />
      <Stack gap={2}>
        <TextLink to="/connections/$id" params={{ id: connection.id }} fw={600}>
          {connection.name}
        </TextLink>
        {connection.authorization_status === 'exception' && (
          <Text size="xs" c="dimmed" maw={360}>
            {lostReason(connection)}
          </Text>
        )}
      </Stack>
    </Group>
  )
}

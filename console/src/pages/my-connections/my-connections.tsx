import { Card, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { myConnectionsQuery } from '../../api/queries.ts'
import type { MyConnection } from '../../contract.ts'
import { AppIcon } from '../../parts/app-icon.tsx'
import { ConsequenceDialog, type Intent } from '../../parts/consequence-dialog.tsx'
import { Empty } from '../../parts/empty.tsx'
import { ButtonLink } from '../../parts/links.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { lostReason } from '../../parts/lost-reason.ts'
import { Page } from '../../parts/page.tsx'
import { EnvironmentBadge, StatusBadge } from '../../parts/status-badge.tsx'
import { Time } from '../../parts/time.tsx'
import { MyConnectionActions } from './my-connection-actions.tsx'

/** A person's own accounts at the applications that their recipes use: connected, waiting to be, or lost. */
export function MyConnections() {
  const query = useQuery(myConnectionsQuery)
  const [intent, setIntent] = useState<Intent>()
  return (
    <Page
      title="My connections"
      lead="Your own accounts, used only by recipes that you run. Whatever they do is done with your rights and credited to you. You can take each of them back at any time."
    >
      <Loaded query={query}>
        {(mine) =>
          mine.length === 0 ? (
            <Empty icon="plug" title="Nothing to connect yet" action={<ButtonLink to="/chat">Go to chat</ButtonLink>}>
              When a recipe shared with you works with your own account, the application shows here. You are asked once,
              the first time you run it.
            </Empty>
          ) : (
            <Stack gap="sm">
              {mine.map((one) => (
                <MyConnectionCard key={one.parent_id} mine={one} onIntent={setIntent} />
              ))}
            </Stack>
          )
        }
      </Loaded>
      {intent && <ConsequenceDialog intent={intent} onClose={() => setIntent(undefined)} />}
    </Page>
  )
}

function MyConnectionCard({ mine, onIntent }: { mine: MyConnection; onIntent: (intent: Intent) => void }) {
  const { connection } = mine
  return (
    <Card padding="md" component="section" aria-label={mine.parent_name}>
      <Group justify="space-between" gap="md">
        <Group wrap="nowrap" align="flex-start" style={{ flex: '1 1 280px', minWidth: 0 }}>
          <AppIcon svg={mine.icon} size={40} />
          <Stack gap={2} style={{ minWidth: 0 }}>
            <Group gap="xs">
              <Text fw={600}>{mine.parent_name}</Text>
              <StatusBadge status={connection?.status ?? null} />
              {mine.environment !== 'PROD' && <EnvironmentBadge environment={mine.environment} />}
            </Group>
            <Account mine={mine} />
            {mine.recipes.length > 0 && (
              <Text size="sm" c="dimmed">
                Used by {mine.recipes.map(({ name }) => name).join(', ')}
              </Text>
            )}
          </Stack>
        </Group>
        <MyConnectionActions mine={mine} onIntent={onIntent} />
      </Group>
    </Card>
  )
}

function Account({ mine: { connection, connector_label } }: { mine: MyConnection }) {
  if (connection === null) return <Text size="sm">You have not connected your {connector_label} account.</Text>
  if (connection.status === 'connected') {
    return (
      <Text size="sm">
        {connection.account?.label ?? 'Connected'} · last used <Time at={connection.last_used_at} never="never" />
      </Text>
    )
  }
  return (
    <Text size="sm">
      {lostReason(connection) ?? STATE[connection.status ?? 'pending']}
      {connection.account && ` It stood for ${connection.account.label}.`}
    </Text>
  )
}

const STATE = {
  pending: 'Begun, but not finished.',
  connected: 'Connected.',
  lost: 'The application no longer accepts this connection.',
  disconnected: 'Disconnected.',
  orphaned: 'What it belonged to was deleted; it can no longer be used, only deleted.',
} as const

import { Button, Drawer, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { myConnectionsQuery } from '../../api/queries.ts'
import type { MyConnection } from '../../contract.ts'
import { AppIcon } from '../../parts/app-icon.tsx'
import { ConsequenceDialog, type Intent } from '../../parts/consequence-dialog.tsx'
import { Empty } from '../../parts/empty.tsx'
import { History } from '../../parts/history.tsx'
import { ButtonLink } from '../../parts/links.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { lostReason } from '../../parts/lost-reason.ts'
import { Page } from '../../parts/page.tsx'
import { RowCard } from '../../parts/row-card.tsx'
import { EnvironmentBadge, StatusBadge } from '../../parts/status-badge.tsx'
import { Time } from '../../parts/time.tsx'
import { DelegationRequests } from './delegation-requests.tsx'
import { MyConnectionActions } from './my-connection-actions.tsx'
import { MyConsents } from './my-consents.tsx'
import { MyDelegations } from './my-delegations.tsx'

/** A person's own accounts at the applications that their recipes use, and what they allow recipes to do with them. */
export function MyConnections() {
  const query = useQuery(myConnectionsQuery)
  const [intent, setIntent] = useState<Intent>()
  const [history, setHistory] = useState<{ id: string; name: string }>()
  return (
    <Page
      title="My connections"
      lead="Your own accounts, used only by recipes that you run, and by those you let run without you. Whatever they do is done with your rights and credited to you. You can take each of them back at any time."
    >
      <Loaded query={query}>
        {(mine) =>
          mine.length === 0 ? (
            <Empty icon="plug" title="Nothing to connect yet" action={<ButtonLink to="/chat">Go to chat</ButtonLink>}>
              When a recipe shared with you works with your own account, the application shows here. You are asked once,
              the first time you run it.
            </Empty>
          ) : (
            <Stack gap="xl">
              <DelegationRequests />
              <Stack gap="sm">
                {mine.map((one) => (
                  <MyConnectionCard key={one.parent_id} mine={one} onIntent={setIntent} onHistory={setHistory} />
                ))}
              </Stack>
              <MyConsents />
              <MyDelegations mine={mine} />
            </Stack>
          )
        }
      </Loaded>
      {intent && <ConsequenceDialog intent={intent} onClose={() => setIntent(undefined)} />}
      <Drawer opened={history !== undefined} onClose={() => setHistory(undefined)} title={history?.name}>
        {history && <History connectionId={history.id} />}
      </Drawer>
    </Page>
  )
}

interface CardProps {
  mine: MyConnection
  onIntent: (intent: Intent) => void
  onHistory: (connection: { id: string; name: string }) => void
}

function MyConnectionCard({ mine, onIntent, onHistory }: CardProps) {
  const { connection, parent_name: name, recipes } = mine
  return (
    <RowCard
      picture={<AppIcon svg={mine.icon} size={40} />}
      title={name}
      badges={
        <>
          <StatusBadge status={connection?.status ?? null} />
          {mine.environment !== 'PROD' && <EnvironmentBadge environment={mine.environment} />}
        </>
      }
      actions={
        <>
          {connection && (
            <Button variant="subtle" color="gray" size="sm" onClick={() => onHistory({ id: connection.id, name })}>
              History
            </Button>
          )}
          <MyConnectionActions mine={mine} onIntent={onIntent} />
        </>
      }
    >
      <Account mine={mine} />
      {recipes.length > 0 && (
        <Text size="sm" c="dimmed">
          Used by {recipes.map((recipe) => recipe.name).join(', ')}
        </Text>
      )}
    </RowCard>
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

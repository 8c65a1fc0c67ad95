import { Accordion, Alert, Button, Card, Grid, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { connectionQuery } from '../../api/queries.ts'
import type { Connection } from '../../contract.ts'
import { ConnectorIcon, useConnector } from '../../parts/app-icon.tsx'
import { ConnectorGuide } from '../../parts/connector-guide.tsx'
import { ConsequenceDialog, type Intent } from '../../parts/consequence-dialog.tsx'
import { CopyField } from '../../parts/copy-field.tsx'
import { History } from '../../parts/history.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { lostReason } from '../../parts/lost-reason.ts'
import { Page } from '../../parts/page.tsx'
import { EnvironmentBadge, StatusBadge } from '../../parts/status-badge.tsx'
import { useCan } from '../../session.ts'
import { ConnectButton } from './connect-button.tsx'
import { ConnectionFacts } from './connection-facts.tsx'
import { ConnectionSettings } from './connection-settings.tsx'
import { TestButton } from './test-button.tsx'

const route = getRouteApi('/connections/$id')

/** One parent connection: how it stands, what hangs on it, its settings, and what can be done with it. */
export function ConnectionPage() {
  const { id } = route.useParams()
  const query = useQuery(connectionQuery(id))
  const navigate = useNavigate()
  const [intent, setIntent] = useState<Intent>()
  const connection = query.data
  return (
    <Page
      title={connection?.name ?? 'Connection'}
      picture={connection && <ConnectorIcon connector={connection.connector} size={38} />}
      badge={
        connection && (
          <>
            <StatusBadge status={connection.authorization_status} />
            <EnvironmentBadge environment={connection.environment} />
          </>
        )
      }
      back={{ to: '/connections', label: 'Connections' }}
      actions={connection && <Actions connection={connection} onIntent={setIntent} />}
    >
      <Loaded query={query}>
        {(connection) => (
          <Stack gap="lg">
            <State connection={connection} />
            <Grid gap="lg">
              <Grid.Col span={{ base: 12, md: 7 }}>
                <Stack>
                  <RedirectUri connection={connection} />
                  {/* Fresh facts start the form anew. */}
                  <ConnectionSettings key={JSON.stringify(connection.settings)} connection={connection} />
                </Stack>
              </Grid.Col>
              <Grid.Col span={{ base: 12, md: 5 }}>
                <Stack>
                  <ConnectionFacts connection={connection} />
                  <Card>
                    <History connectionId={connection.id} />
                  </Card>
                </Stack>
              </Grid.Col>
            </Grid>
          </Stack>
        )}
      </Loaded>
      {intent && (
        <ConsequenceDialog
          intent={intent}
          onClose={() => setIntent(undefined)}
          onDone={() => (intent.of === 'delete' ? void navigate({ to: '/connections' }) : setIntent(undefined))}
        />
      )}
    </Page>
  )
}

function Actions({ connection, onIntent }: { connection: Connection; onIntent: (intent: Intent) => void }) {
  const can = useCan()
  const { id, name, authorization_status } = connection
  const connected = authorization_status === 'success'
  return (
    <>
      {can('connections.edit') && <ConnectButton connection={connection} />}
      {can('connections.edit') && connected && <TestButton id={id} />}
      {can('connections.edit') && connected && (
        <Button variant="default" onClick={() => onIntent({ of: 'disconnect', connectionId: id, name })}>
          Disconnect
        </Button>
      )}
      {can('connections.delete') && (
        <Button variant="subtle" color="red" onClick={() => onIntent({ of: 'delete', connectionId: id, name })}>
          Delete
        </Button>
      )}
    </>
  )
}

function State({ connection }: { connection: Connection }) {
  const label = useConnector(connection.connector)?.label ?? connection.connector
  if (connection.authorization_status === 'success') return null
  if (connection.connection_lost_at !== null) {
    const lost = connection.authorization_status !== null
    return (
      <Alert
        color={lost ? 'red' : 'yellow'}
        icon={<Icon name="alert" />}
        title={lost ? 'The connection is lost' : 'Connect it again'}
      >
        {lostReason(connection) ?? 'The application no longer accepts it.'} Recipes that use its own account fail until
        then.
      </Alert>
    )
  }
  return (
    <Alert icon={<Icon name="plug" />} title="Not connected yet">
      {connection.credential_fields
        ? `Press Connect and enter a credential of ${label}: that of the account that recipes shall use by default.`
        : `Register the redirect URI below with the OAuth client at ${label}, then press Connect and allow Behalf with the account that recipes shall use by default. People’s own accounts do not need that account, only the client.`}
    </Alert>
  )
}

function RedirectUri({ connection: { redirect_uri, redirect_uri_changed, connector } }: { connection: Connection }) {
  const [guide, setGuide] = useState<string | null>(null)
  if (redirect_uri === null) return null
  return (
    <Card>
      <Text fw={600}>Redirect URI</Text>
      <Text size="sm" c="dimmed" mb="sm">
        Register exactly this with the OAuth client at the application. It belongs to this connection alone.
      </Text>
      {redirect_uri_changed && (
        <Alert color="yellow" mb="sm" title="It has changed">
          The address of this server is another one than when this connection was set up. Register the new redirect URI
          at the application, or nobody can connect; then save the settings, or connect again, and this goes away.
        </Alert>
      )}
      <CopyField value={redirect_uri} label="Redirect URI" />
      <Accordion variant="default" mt="sm" chevronPosition="left" value={guide} onChange={setGuide}>
        <Accordion.Item value="guide" style={{ border: 'none' }}>
          <Accordion.Control px={0}>How to register Behalf there</Accordion.Control>
          <Accordion.Panel>
            {/* A closed panel loads nothing. */}
            {guide !== null && <ConnectorGuide connector={connector} />}
          </Accordion.Panel>
        </Accordion.Item>
      </Accordion>
    </Card>
  )
}

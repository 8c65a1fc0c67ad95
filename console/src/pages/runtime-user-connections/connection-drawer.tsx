import { Button, Drawer, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { connectionQuery } from '../../api/queries.ts'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { Connection } from '../../contract.ts'
import { ConnectorIcon, useConnector } from '../../parts/app-icon.tsx'
import type { Intent } from '../../parts/consequence-dialog.tsx'
import { DelegationsOf } from '../../parts/delegations.tsx'
import { Facts } from '../../parts/facts.tsx'
import { History } from '../../parts/history.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { lostReason } from '../../parts/lost-reason.ts'
import { EnvironmentBadge, StatusBadge } from '../../parts/status-badge.tsx'
import { surfaceWords } from '../../parts/surface-words.ts'
import { Time } from '../../parts/time.tsx'
import { useCan, useSession } from '../../session.ts'
import { useParentName, useProjectName } from './connection-table.tsx'

interface ConnectionDrawerProps {
  id: string
  /** The row as the list has it, shown until it is read afresh. */
  known: Connection | undefined
  onClose: () => void
  onIntent: (intent: Intent) => void
}

/** All about one person's connection, its latest uses, and the way to end it. */
export function ConnectionDrawer({ id, known, onClose, onIntent }: ConnectionDrawerProps) {
  const query = useQuery({ ...connectionQuery(id), placeholderData: known })
  return (
    <Drawer opened onClose={onClose} title={query.data?.person?.name ?? 'Connection'}>
      <Loaded query={query}>
        {(connection) => (
          <Stack gap="lg">
            <Details connection={connection} />
            <Actions connection={connection} onIntent={onIntent} />
            <DelegationsOf connection_id={id} />
            <History connectionId={id} />
          </Stack>
        )}
      </Loaded>
    </Drawer>
  )
}

function Details({ connection }: { connection: Connection }) {
  const label = useConnector(connection.connector)?.label ?? connection.connector
  const parentName = useParentName()
  const projectName = useProjectName()
  const { revocation } = connection
  return (
    <Facts>
      {[
        [
          'Application',
          <Group key="application" gap={8}>
            <ConnectorIcon connector={connection.connector} size={22} />
            {label}
          </Group>,
        ],
        ['Outside account', connection.account?.label ?? '–'],
        [
          'Status',
          <Stack key="status" gap={2}>
            <StatusBadge status={connection.status} />
            {lostReason(connection) && <Text size="xs">{lostReason(connection)}</Text>}
          </Stack>,
        ],
        ['Revocation', revocation && (revocation.outcome ?? REVOCATION[revocation.status])],
        [
          'Person',
          `${connection.person?.name ?? '–'}${connection.person?.email ? `, ${connection.person.email}` : ''}`,
        ],
        ['Surface', surfaceWords(connection.surface)],
        ['Parent', parentName(connection.parent_id)],
        [
          'Project',
          <Group key="project" gap={8}>
            {projectName(connection.project_id)}
            <EnvironmentBadge environment={connection.environment} />
          </Group>,
        ],
        ['Scopes', connection.scopes.join(', ') || '–'],
        ['Created', <Time key="created" at={connection.created_at} />],
        ['Authorised', <Time key="authorised" at={connection.last_authorized_at} never="Never" />],
        ['Last used', <Time key="used" at={connection.last_used_at} never="Never" />],
      ]}
    </Facts>
  )
}

const REVOCATION = {
  pending: 'Being revoked at the application.',
  revoked: 'Revoked at the application.',
  kept: 'Not revoked at the application: the same account is still in use there.',
  unsupported: 'The application cannot revoke; the grant was thrown away here.',
  failed: 'The application did not revoke it.',
} as const

function Actions({ connection, onIntent }: { connection: Connection; onIntent: (intent: Intent) => void }) {
  const can = useCan()
  const session = useSession()
  const mine = connection.person?.id === session.person.id
  const name = `the connection of ${connection.person?.name ?? 'this person'}`
  const intend = (of: Intent['of']) => onIntent({ of, connectionId: connection.id, name })
  const mayDisconnect = mine || can('runtime_user_connections.edit')
  const mayDelete = mine || can('connections.delete')
  return (
    <Group gap="xs">
      {mayDisconnect && (connection.status === 'connected' || connection.status === 'lost') && (
        <Button variant="default" onClick={() => intend('disconnect')}>
          Disconnect
        </Button>
      )}
      {can('runtime_user_connections.edit') && ASKABLE.has(connection.status ?? '') && (
        <AskAgain connection={connection} />
      )}
      {mayDelete && (
        <Button variant="light" color="red" onClick={() => intend('delete')}>
          Delete
        </Button>
      )}
    </Group>
  )
}

// Who is connected has nothing to be asked, and an orphan nothing to be connected to.
const ASKABLE = new Set(['pending', 'lost', 'disconnected'])

/** Sends its person a private message with a fresh link, where they can be told: to connect anew, or what is missing. */
function AskAgain({ connection: { id, person } }: { connection: Connection }) {
  const ask = useAct({
    run: () => request('POST', `/connections/${id}/ask-again`),
    note: `${person?.name ?? 'The person'} is asked again, privately.`,
  })
  return (
    <Button variant="default" loading={ask.isPending} onClick={() => ask.mutate()}>
      Ask again
    </Button>
  )
}

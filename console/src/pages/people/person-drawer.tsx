import { Alert, Button, Drawer, Group, Select, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { connectionsOfPersonQuery, parentsQuery, personalRecipesQuery } from '../../api/queries.ts'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { Connection, ListedPerson, Person } from '../../contract.ts'
import { ConnectorIcon } from '../../parts/app-icon.tsx'
import { accountLabel, DelegateDialog } from '../../parts/delegate-dialog.tsx'
import { DelegationsOf } from '../../parts/delegations.tsx'
import { TextLink } from '../../parts/links.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { Refusal } from '../../parts/problem-list.tsx'
import { StatusBadge } from '../../parts/status-badge.tsx'
import { Time } from '../../parts/time.tsx'
import { useCan } from '../../session.ts'
import { AskingPaused } from './asking-paused.tsx'
import { Identities } from './identities.tsx'

/** What one person connected; of a service person, the way to connect an account for it. */
export function PersonDrawer({ person, onClose }: { person: ListedPerson; onClose: () => void }) {
  const can = useCan()
  return (
    <Drawer opened onClose={onClose} title={person.name}>
      <Stack gap="lg">
        <Stack gap={2}>
          <Text size="sm">{person.email ?? KINDS[person.kind]}</Text>
          <Text size="sm" c="dimmed">
            In the workspace since <Time at={person.created_at} />
          </Text>
        </Stack>
        <AskingPaused person={person} />
        {person.kind === 'member' && can('people.edit') && <Identities person={person} />}
        {can('runtime_user_connections.view') ? (
          <Connections person={person} />
        ) : (
          <Text size="sm" c="dimmed">
            To see what they connected you need the privilege to view runtime user connections.
          </Text>
        )}
        <DelegationsOf person_id={person.id} />
        {person.kind === 'service' && person.status === 'active' && can('connections.create') && (
          <>
            <DelegateForService person={person} />
            <ConnectForService person={person} />
          </>
        )}
      </Stack>
    </Drawer>
  )
}

const KINDS = {
  member: 'Has no e-mail address here.',
  service: 'A service person: stands for what no human does, never signs in, and is connected by an administrator.',
  external: 'A person of a product that embeds Behalf.',
} as const

function Connections({ person }: { person: Person }) {
  return (
    <Loaded query={useQuery(connectionsOfPersonQuery(person.id))}>
      {({ connections }) => (
        <Stack gap="xs">
          <Text fw={600}>Connected accounts</Text>
          {connections.length === 0 && (
            <Text size="sm" c="dimmed">
              None. The first recipe that works with their own account asks them.
            </Text>
          )}
          {connections.map((connection) => (
            <Line key={connection.id} connection={connection} />
          ))}
          {connections.length > 0 && (
            <TextLink to="/tools/runtime-user-connections" search={{ person_id: person.id }} size="sm">
              See and end them under Runtime user connections
            </TextLink>
          )}
        </Stack>
      )}
    </Loaded>
  )
}

function Line({ connection: { connector, name, account, status, last_used_at } }: { connection: Connection }) {
  return (
    <Group gap="sm" wrap="nowrap">
      <ConnectorIcon connector={connector} size={28} />
      <Stack gap={0} style={{ flex: 1, minWidth: 0 }}>
        <Text size="sm">{account?.label ?? name}</Text>
        <Text size="xs" c="dimmed">
          {name} · last used <Time at={last_used_at} never="never" />
        </Text>
      </Stack>
      <StatusBadge status={status} />
    </Group>
  )
}

/** Which recipes may use its accounts: it is there for those that nobody runs. */
function DelegateForService({ person }: { person: Person }) {
  const [delegating, setDelegating] = useState(false)
  const enabled = useCan()('recipes.view')
  const recipes = useQuery({ ...personalRecipesQuery, enabled }).data ?? []
  const connections = useQuery(connectionsOfPersonQuery(person.id)).data?.connections ?? []
  const possible = connections
    .filter(({ status }) => status === 'connected')
    .map((one) => ({ connection_id: one.id, label: accountLabel(one.name, one), recipes }))
  if (possible.length === 0 || recipes.length === 0) return null
  return (
    <>
      <Button variant="default" w="fit-content" onClick={() => setDelegating(true)}>
        Delegate an account to a recipe
      </Button>
      {delegating && <DelegateDialog possible={possible} onClose={() => setDelegating(false)} />}
    </>
  )
}

function ConnectForService({ person }: { person: Person }) {
  const parents = useQuery(parentsQuery()).data ?? []
  const [parentId, setParentId] = useState<string | null>(null)
  const begin = useAct({
    run: () => request<{ data: { url: string } }>('POST', `/people/${person.id}/connections`, { parent_id: parentId }),
    quiet: true,
    done: ({ data }) => window.location.assign(data.url),
  })
  return (
    <Alert title="Connect an account for it">
      <Stack gap="xs">
        <Text size="sm">
          Choose where, then sign in at the application with the account that this service person shall use.
        </Text>
        <Group align="flex-end" gap="sm">
          <Select
            aria-label="Connection"
            placeholder="Connection"
            data={parents.map(({ id, name, environment }) => ({ value: id, label: `${name}, ${environment}` }))}
            value={parentId}
            onChange={setParentId}
            style={{ flex: '1 1 200px' }}
          />
          <Button
            disabled={parentId === null}
            loading={begin.isPending || begin.isSuccess}
            onClick={() => begin.mutate()}
          >
            Connect
          </Button>
        </Group>
        <Refusal error={begin.error} />
      </Stack>
    </Alert>
  )
}

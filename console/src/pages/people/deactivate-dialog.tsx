import { Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { connectionsOfPersonQuery } from '../../api/queries.ts'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { Person, ShutOutPerson } from '../../contract.ts'
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx'
import { revocationWords } from '../../parts/revoke-many-dialog.tsx'
import { useCan } from '../../session.ts'

/** Says what shutting a person out ends, asks, and says afterwards what it ended. */
export function DeactivateDialog({ person, onClose }: { person: Person; onClose: () => void }) {
  const act = useAct({
    run: async () => (await request<{ data: ShutOutPerson }>('POST', `/people/${person.id}/deactivate`)).data,
    quiet: true,
  })
  return (
    <ConfirmDialog
      title={act.data ? `${person.name} is deactivated` : `Deactivate ${person.name}?`}
      confirm={act.data ? 'Done' : 'Deactivate'}
      keep={act.data ? 'Close' : 'Leave active'}
      ready={!act.data}
      busy={act.isPending}
      error={act.error}
      onConfirm={() => act.mutate()}
      onClose={onClose}
    >
      {act.data ? <Ended ended={act.data.ended} /> : <Foreseen person={person} />}
    </ConfirmDialog>
  )
}

function Foreseen({ person }: { person: Person }) {
  const enabled = useCan()('runtime_user_connections.view')
  const connections = useQuery({ ...connectionsOfPersonQuery(person.id), enabled }).data?.connections
  const live = connections?.filter(({ status }) => status === 'connected') ?? []
  return (
    <Stack gap="xs">
      <Text>
        {person.name} is signed out everywhere and can run nothing. All their own connections are disconnected and
        revoked at the applications; jobs of theirs that run are stopped before their next request. Reactivating does
        not bring the connections back.
      </Text>
      {connections !== undefined && (
        <Text size="sm" c="dimmed">
          {live.length === 0
            ? 'They have no connected account.'
            : `Connected now: ${live.map(({ name, account }) => [name, account?.label].filter(Boolean).join(', ')).join('; ')}.`}
        </Text>
      )}
    </Stack>
  )
}

function Ended({ ended }: { ended: ShutOutPerson['ended'] }) {
  const parts = [
    [ended.connections, 'connection'],
    [ended.jobs, 'job'],
    [ended.sessions, 'browser'],
    [ended.api_keys, 'API key'],
    [ended.consents, 'consent'],
    [ended.delegations, 'delegation'],
  ] as const
  const said = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}${count === 1 ? '' : 's'}`)
  return (
    <Stack gap="xs" role="status">
      <Text>{said.length === 0 ? 'There was nothing to end.' : `Ended: ${said.join(', ')}.`}</Text>
      {ended.connections > 0 && (
        <Text size="sm" c="dimmed">
          At the applications: {revocationWords(ended.revocations)}. What is not revoked yet is tried for a day.
        </Text>
      )}
    </Stack>
  )
}

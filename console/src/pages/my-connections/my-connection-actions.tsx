import { Button, Group } from '@mantine/core'
import { request } from '../../api/request.ts'
import { useAct } from '../../api/use-act.ts'
import type { MyConnection } from '../../contract.ts'
import type { Intent } from '../../parts/consequence-dialog.tsx'

/** What a person can do with one of their connections in its present state. */
export function MyConnectionActions({ mine, onIntent }: { mine: MyConnection; onIntent: (intent: Intent) => void }) {
  const { connection, parent_id, parent_name } = mine
  const status = connection?.status ?? null
  const intend = (of: Intent['of']) => connection && onIntent({ of, connectionId: connection.id, name: parent_name })
  return (
    <Group gap="xs">
      {status !== 'connected' && status !== 'orphaned' && (
        <ConnectButton parentId={parent_id} label={status === null || status === 'pending' ? 'Connect' : 'Reconnect'} />
      )}
      {status === 'connected' && (
        <Button variant="default" size="sm" onClick={() => intend('disconnect')}>
          Disconnect
        </Button>
      )}
      {connection && (
        <Button variant="subtle" color="red" size="sm" onClick={() => intend('delete')}>
          Delete
        </Button>
      )}
    </Group>
  )
}

/** Leaves for the connect page of one application, in this tab. */
export function ConnectButton({ parentId, label }: { parentId: string; label: string }) {
  const connect = useAct({
    run: () => request<{ data: { url: string } }>('POST', `/me/connections/${parentId}/connect`, {}),
    done: ({ data }) => window.location.assign(data.url),
  })
  return (
    <Button size="sm" onClick={() => connect.mutate()} loading={connect.isPending || connect.isSuccess}>
      {label}
    </Button>
  )
}

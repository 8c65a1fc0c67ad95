import type { MyConnection } from '#commands/connections/my-connections.ts'
import type { ConnectionId } from '#core/ids.ts'
import type { Message, MessageButton, MessageItem } from '#surfaces/surface.ts'
import { plainMessage } from './plain-message.ts'

/** A person's own connections: one message that heads the list, an item for each with what can be done with it. */
export function connectionsMessage(connections: readonly MyConnection[], publicUrl: URL): Message {
  if (connections.length === 0) return plainMessage('You have no connections. A recipe that needs one will ask you.')
  return {
    ...plainMessage('Here is a list of your connections.'),
    items: connections.map(itemOf),
    links: [{ label: 'Personal accounts', url: new URL('/my/connections', publicUrl).href }],
  }
}

function itemOf({ connectorLabel, parentName, parentId, connection }: MyConnection): MessageItem {
  const text = connectorLabel === parentName ? connectorLabel : `${connectorLabel} · ${parentName}`
  const more = connection ? [deleteButton(connection.id, text)] : []
  if (connection?.status !== 'connected')
    return {
      text,
      more,
      badge: { text: stateOf(connection?.status), tone: 'neutral' },
      buttons:
        connection?.status === 'orphaned'
          ? []
          : [{ label: 'Connect', style: 'plain', press: { do: 'connect', parent: parentId }, confirm: null }],
    }
  return {
    more,
    text: `${text}, as ${connection.account_label ?? 'you'}`,
    badge: { text: 'Connected', tone: 'success' },
    buttons: [
      {
        label: 'Disconnect',
        style: 'danger',
        press: { do: 'disconnect', connection: connection.id },
        confirm: `Disconnect ${text}? Recipes that need it ask you again.`,
      },
    ],
  }
}

function deleteButton(connection: ConnectionId, text: string): MessageButton {
  const confirm = `Delete your connection to ${text}? It is revoked, and recipes that need it ask you again.`
  return { label: 'Delete', style: 'danger', press: { do: 'delete', connection }, confirm }
}

function stateOf(status: string | null | undefined): string {
  return status === 'orphaned' ? 'Connection deleted' : 'Disconnected'
}

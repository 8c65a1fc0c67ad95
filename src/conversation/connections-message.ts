import type { MyConnection } from '#commands/connections/my-connections.ts'
import type { Message } from '#surfaces/surface.ts'

/** A person's own connections: one message to head the list, one for each. */
export function connectionsMessage(connections: readonly MyConnection[], publicUrl: URL): Message[] {
  const manage = { label: 'Personal accounts', url: new URL('/my/connections', publicUrl).href }
  if (connections.length === 0)
    return [
      {
        text: 'You have no connections. A recipe that needs one will ask you.',
        fields: [],
        links: [],
        tone: 'neutral',
      },
    ]
  const fields = connections.map(({ connectorLabel, parentName, connection }) => ({
    name: connectorLabel === parentName ? connectorLabel : `${connectorLabel} · ${parentName}`,
    value:
      connection?.status === 'connected'
        ? `[Connected] as ${connection.account_label ?? 'you'}`
        : `[${stateOf(connection?.status)}]`,
  }))
  return [{ text: 'Here is a list of your connections.', fields, links: [manage], tone: 'neutral' }]
}

function stateOf(status: string | null | undefined): string {
  return status === 'orphaned' ? 'Connection deleted' : 'Disconnected'
}

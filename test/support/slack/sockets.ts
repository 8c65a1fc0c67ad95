import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Json } from './team.ts'
import { acceptSocket, type SocketEnd } from './websocket.ts'

/** Socket Mode: what Slack's servers do with the WebSockets an app opens. */
export interface Sockets {
  /** An address for one WebSocket, as `apps.connections.open` answers it. */
  open(url: string): string
  accept(request: IncomingMessage, socket: Duplex): void
  /** WebSockets that are open. */
  count(): number
  /** Sends one envelope over the newest, and waits for its acknowledgement; null where none came within three seconds. */
  deliver(type: string, payload: Json, retry?: { num: number; reason: string }): Promise<{ payload?: Json } | null>
  /** Ends every WebSocket: announced as Slack does when it refreshes them, or abruptly. */
  drop(abruptly: boolean): void
}

const ACK_MS = 3000

export function createSockets(appId: string): Sockets {
  const tickets = new Set<string>()
  const ends: SocketEnd[] = []
  const waiting = new Map<string, (ack: { payload?: Json }) => void>()
  const live = () => ends.filter((end) => end.isOpen())
  return {
    open(url) {
      const ticket = randomUUID()
      tickets.add(ticket)
      return `${url.replace(/^http/, 'ws')}/link/?ticket=${ticket}&app_id=${appId}`
    },
    accept(request, socket) {
      const ticket = new URL(request.url ?? '', 'http://slack').searchParams.get('ticket') ?? ''
      if (!tickets.delete(ticket)) return void socket.end('HTTP/1.1 404 Not Found\r\n\r\n')
      const end = acceptSocket(request, socket, (message) => {
        const ack = message as { envelope_id?: string; payload?: Json }
        waiting.get(ack.envelope_id ?? '')?.(ack)
      })
      ends.push(end)
      end.send({
        type: 'hello',
        num_connections: live().length,
        connection_info: { app_id: appId },
        debug_info: { host: 'applink-1', build_number: 1, approximate_connection_time: 18_060 },
      })
    },
    count: () => live().length,
    async deliver(type, payload, retry) {
      const envelope_id = randomUUID()
      const retried = type === 'events_api' && { retry_attempt: retry?.num ?? 0, retry_reason: retry?.reason ?? '' }
      const acked = new Promise<{ payload?: Json } | null>((resolve) => {
        waiting.set(envelope_id, resolve)
        setTimeout(() => resolve(null), ACK_MS).unref()
      })
      live()
        .at(-1)
        ?.send({ envelope_id, type, payload, accepts_response_payload: type !== 'events_api', ...retried })
      return acked.finally(() => waiting.delete(envelope_id))
    },
    drop(abruptly) {
      for (const end of live()) {
        if (!abruptly) end.send({ type: 'disconnect', reason: 'refresh_requested', debug_info: { host: 'applink-1' } })
        end.close(abruptly)
      }
    },
  }
}

import type { SocketModeClient } from '@slack/socket-mode'
import { listAppsOfSurface } from '#commands/surfaces/installed-apps.ts'
import type { SurfaceAppId } from '#core/ids.ts'
import type { SurfaceApp } from '#core/surface-app.ts'
import type { Lines } from '../surface.ts'
import type { Slack } from './hear.ts'
import { openSocketClient } from './slack-client.ts'
import { takeEvent } from './take-event.ts'

/** An open socket, and for which version of the app's settings. */
interface Line {
  version: number
  client: SocketModeClient
}

/** Socket Mode: this process opens a web socket for each app that is set so. Slack sends each event to one of those who have one. */
export function keepSockets(slack: Slack): Lines {
  const lines = new Map<SurfaceAppId, Line>()
  let isClosed = false
  const hangUp = async (id: SurfaceAppId): Promise<void> => {
    const line = lines.get(id)
    lines.delete(id)
    await line?.client.disconnect().catch(() => {})
  }
  return {
    async tend() {
      if (isClosed) return
      const apps = (await listAppsOfSurface(slack.ctx, 'slack')).filter(isBySocket)
      for (const [id, { version }] of lines)
        if (!apps.some((app) => app.id === id && app.version === version)) await hangUp(id)
      for (const app of apps) {
        if (lines.has(app.id)) continue
        const client = await openSocketClient(slack.ctx, app)
        lines.set(app.id, { version: app.version, client })
        await listen(slack, app, client, () => hangUp(app.id))
      }
    },
    async close() {
      isClosed = true
      for (const id of [...lines.keys()]) await hangUp(id)
    },
  }
}

const isBySocket = ({ settings, secretsKept }: SurfaceApp): boolean =>
  settings.mode === 'socket' && secretsKept.includes('app_token')

interface SocketEvent {
  body: Record<string, unknown>
  ack(response?: Record<string, unknown>): Promise<void>
}

/** What is written down is acknowledged; what could not be, Slack sends again. */
async function listen(
  { ctx, ...slack }: Slack,
  app: SurfaceApp,
  client: SocketModeClient,
  hangUp: () => Promise<void>,
): Promise<void> {
  const take = async ({ body, ack }: SocketEvent): Promise<void> => ack(await takeEvent({ ...slack, ctx }, app, body))
  client.on('slack_event', (event: SocketEvent) => {
    take(event).catch((err) => ctx.log.error({ err }, 'what came by the web socket could not be taken'))
  })
  await client.start().catch((err) => {
    ctx.log.warn({ err, app: app.id }, 'the web socket could not be opened; it is tried again')
    return hangUp()
  })
}

import type { Pool, PoolClient } from 'pg'
import type { CommandsContext } from '#commands/context.ts'
import type { JobId, PersonId } from '#core/ids.ts'
import { wakeWatchers } from '#jobs/watch-job.ts'

const RECONNECT_MS = 1000

/**
 * One connection that listens for what happens on any machine, and wakes who waits in this one. Notifications carry ids only. When the
 * connection ends it is made again; what was missed meanwhile is found by whoever reads again behind it.
 */
export async function startListening(ctx: CommandsContext, pool: Pool): Promise<{ stop(): void }> {
  let stopped = false
  /** The connection that listens now; whoever takes it from here releases it, once. */
  let current: PoolClient | undefined

  const connect = async (): Promise<void> => {
    const client = await pool.connect()
    current = client
    client.on('notification', ({ channel, payload }) => wake(ctx, channel, payload ?? ''))
    client.on('error', (error) => lose(client, error))
    await client.query('listen behalf_job; listen behalf_chat')
  }
  const lose = (client: PoolClient, error: Error): void => {
    if (current !== client) return
    current = undefined
    client.release(error)
    ctx.log.warn({ err: error }, 'the connection that listens was lost; it is made again')
    connectAgain()
  }
  const connectAgain = (): void => {
    if (stopped) return
    setTimeout(() => {
      if (stopped) return
      connect().catch((error: Error) => {
        if (current) lose(current, error)
        else connectAgain()
      })
    }, RECONNECT_MS).unref()
  }

  await connect()
  return {
    stop() {
      stopped = true
      const client = current
      current = undefined
      client?.release(true)
    },
  }
}

function wake(ctx: CommandsContext, channel: string, payload: string): void {
  if (channel === 'behalf_job') wakeWatchers(ctx, payload as JobId)
  else for (const told of ctx.chatListeners.get(payload as PersonId) ?? []) told()
}

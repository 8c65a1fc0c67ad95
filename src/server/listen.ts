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
  let client: PoolClient | undefined

  const wake = (channel: string, payload: string): void => {
    if (channel === 'behalf_job') wakeWatchers(ctx, payload as JobId)
    else for (const told of ctx.chatListeners.get(payload as PersonId) ?? []) told()
  }
  const connect = async (): Promise<void> => {
    const fresh = await pool.connect()
    fresh.on('notification', ({ channel, payload }) => wake(channel, payload ?? ''))
    fresh.on('error', (error) => again(fresh, error))
    await fresh.query('listen behalf_job; listen behalf_chat')
    client = fresh
  }
  const again = (lost: PoolClient, error: Error): void => {
    lost.release(error)
    client = undefined
    if (stopped) return
    ctx.log.warn({ err: error }, 'the connection that listens was lost; it is made again')
    setTimeout(() => void connect().catch((err) => again(lost, err)), RECONNECT_MS).unref()
  }

  await connect()
  return {
    stop() {
      stopped = true
      client?.release(true)
    },
  }
}

import { createPerson } from '../src/people/persons.ts'
import { startTown as startRefreshTown } from '../test/chaos/town.ts'
import { connectDirectly } from '../test/support/connect-directly.ts'
import { startRefreshingProcess } from '../test/support/refreshing-process.ts'
import type { Town } from './town.ts'

/** What came of many uses of one expired token. */
export interface Storm {
  uses: number
  processes: number
  /** Uses at once in each process. */
  atOnce: number
  /** Token requests that the authorization server got. */
  refreshRequests: number
  /** From the first use to the end of the last. */
  seconds: number
}

/**
 * Uses one expired token in several processes at once, on the bench's PostgreSQL; at an `oidc-provider` that takes a fifth of a second for a
 * token. A use is what a step does before its first request. Throws when one of them was not given the connection.
 */
export async function measureStorm({ connectionString }: Pick<Town, 'connectionString'>, uses: number): Promise<Storm> {
  const town = await startRefreshTown(connectionString)
  const processes = await Promise.all(
    [1, 2, 3, 4].map((each) =>
      startRefreshingProcess({
        ...town.told,
        name: `process-${each}`,
        backgroundEveryMs: null,
        tokenTimeoutMs: 20_000,
      }),
    ),
  )
  try {
    const whose = await expiredGrant(town)
    const server = town.providers[0]?.server
    server?.setDelayMs(200)
    const atOnce = 100
    const began = performance.now()
    const storm = processes.map((each) => each.use(whose, { times: uses / processes.length, atOnce, requests: 0 }))
    const ends = await Promise.all(storm)
    const seconds = (performance.now() - began) / 1000
    const done = ends.reduce((sum, each) => sum + (each.done ?? 0), 0)
    if (done !== uses) throw new Error(`only ${done} of ${uses} uses: ${JSON.stringify(ends)}`)
    const refreshRequests = Object.values(server?.tokenRequests ?? {}).reduce((sum, each) => sum + each, 0)
    return { uses, processes: processes.length, atOnce, refreshRequests, seconds }
  } finally {
    for (const each of processes) each.signal('SIGKILL')
    await Promise.all(processes.map(({ ended }) => ended))
    await town.stop()
  }
}

async function expiredGrant({ ctx, workspaceId, providers }: Awaited<ReturnType<typeof startRefreshTown>>) {
  const [provider] = providers
  if (!provider) throw new Error('there is no authorization server')
  const { server, parentId } = provider
  const made = { workspaceId, kind: 'member', role: 'member', name: 'Alice Ng', email: 'alice@acme.test' } as const
  const person = await createPerson(ctx.db, { ...made, now: new Date() })
  const response = { ...(await server.issue('alice')), expires_in: -1 }
  await connectDirectly(ctx, { parentId, person, account: 'alice', response })
  return { parentId, personId: person.id }
}

import type { ConnectionsContext } from '../../src/connections/context.ts'
import type { Whose } from '../../src/connections/standing.ts'
import { useConnection as takeConnection } from '../../src/connections/use-connection.ts'

/** Uses a grant as a step does, for one request to the things, or for none: `done`, or the reason or code for which it was not. */
export async function takeThings(ctx: ConnectionsContext, whose: Whose, requests: 0 | 1 = 1): Promise<string> {
  try {
    const used = await takeConnection(ctx, whose)
    if (used.kind === 'connect') return used.reason
    if (used.kind === 'parent_unusable') return used.code
    if (used.kind === 'fence_lost') return used.kind
    if (requests > 0) await used.connection.request({ method: 'GET', url: '/things' })
    return 'done'
  } catch (error) {
    const { code, interruption } = error as { code?: string; interruption?: { reason?: string; kind: string } }
    return interruption?.reason ?? interruption?.kind ?? code ?? String(error)
  }
}

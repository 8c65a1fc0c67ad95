import type { ConnectionId } from '#core/ids.ts'
import type { ConnectionsContext } from './context.ts'
import type { Tokens } from './grant.ts'
import { jitterOf } from './jitter.ts'
import { authenticationOf, type Parent } from './parent.ts'

/** After how long unused the application ends a grant; null where it does not. */
export function idleLimitMs(ctx: ConnectionsContext, parent: Parent): number | null {
  const authentication = authenticationOf(ctx, parent)
  const seconds = authentication.kind === 'oauth2' ? authentication.server.idleLimitSeconds : null
  return seconds === null ? null : seconds * 1000
}

/** When tokens stored now must be refreshed although nobody uses them: after 60 to 80 % of the idle limit, others of that day at other times. */
export function keepAliveAt(
  ctx: ConnectionsContext,
  parent: Parent,
  { connectionId, tokens }: { connectionId: ConnectionId; tokens: Tokens },
): Date | null {
  const limit = idleLimitMs(ctx, parent)
  if (limit === null || !tokens.refreshToken) return null
  return new Date(ctx.clock().getTime() + limit * (0.6 + 0.2 * jitterOf(connectionId)))
}

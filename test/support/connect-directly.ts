import { authorizeChild } from '../../src/connections/authorize.ts'
import type { ConnectionsContext } from '../../src/connections/context.ts'
import type { Tokens } from '../../src/connections/grant.ts'
import { findParent } from '../../src/connections/parent.ts'
import type { ConnectionId } from '../../src/core/ids.ts'
import { Secret } from '../../src/core/secret.ts'
import type { Person } from '../../src/people/person.ts'
import type { AuthorizationServer } from './authorization-server.ts'

type Issued = Awaited<ReturnType<AuthorizationServer['issue']>>

/** Stores a grant for a person as the callback does, without their browser. Answers the child connection. */
export async function connectDirectly(
  ctx: ConnectionsContext,
  wanted: { parentId: ConnectionId; person: Person; account: string; response: Issued },
): Promise<ConnectionId> {
  const { parentId, person, account, response } = wanted
  const parent = await findParent(ctx.db, parentId)
  if (!parent) throw new Error('there is no such parent')
  const outside = { id: account, label: `${account}@acme.test`, email: `${account}@acme.test` }
  const tokens = tokensOf(ctx, response)
  const granted = { parent, person, tokens, account: outside, surface: 'web', insteadOf: null }
  const { connectionId } = await ctx.db.transaction().execute((tx) => authorizeChild(ctx, tx, granted))
  return connectionId
}

/** A token response as it is stored. */
function tokensOf(
  { clock }: Pick<ConnectionsContext, 'clock'>,
  { access_token, refresh_token, ...response }: Issued,
): Tokens {
  const scopes = ['offline_access', 'things']
  return {
    connectedBy: 'oauth2',
    accessToken: new Secret(access_token),
    refreshToken: new Secret(refresh_token),
    scopes,
    askedScopes: scopes,
    accessExpiresAt: new Date(clock().getTime() + response.expires_in * 1000),
    response,
  }
}

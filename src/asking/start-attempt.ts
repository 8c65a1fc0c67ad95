import { createHash, randomBytes } from 'node:crypto'
import type { ConnectionsContext } from '#connections/context.ts'
import { authorizationUrl } from '#connections/oauth/token-endpoint.ts'
import { loadParent, type Parent, redirectUriOf } from '#connections/parent.ts'
import { seal } from '#connections/sealing/seal.ts'
import type { RecipeUse } from '#connections/standing.ts'
import { UserError } from '#core/errors.ts'
import { type ConnectionId, type ConnectTieId, newId, type SessionId } from '#core/ids.ts'
import type { Person } from '#people/person.ts'
import type { ConnectVisit } from './connect-visit.ts'
import type { Attempt } from './refuse-callback.ts'

/** How long a person may take at the application. */
const ATTEMPT_LIFE_MS = 15 * 60 * 1000

export const hashState = (state: string): Buffer => createHash('sha256').update(state).digest()

export interface AttemptWanted {
  /** child: the person's own connection under this parent; parent: the parent's own grant. */
  kind: 'parent' | 'child'
  parentId: ConnectionId
  person: Person
  /** The browser that begins, and the only one that can finish: by a session, or by the code typed for this visit. */
  sessionId: SessionId | null
  tieId?: ConnectTieId | null
  visit: ConnectVisit | null
  /** The recipes the person lets use it, each for what it was shown to do. */
  uses: RecipeUse[]
}

/**
 * Begins one trip to an application and answers where to send the browser. `state` and the PKCE verifier are fresh; the attempt is
 * bound to this browser's session or tie, this person and this parent, lives 15 minutes, and can be finished once.
 */
export async function startAttempt(ctx: ConnectionsContext, wanted: AttemptWanted): Promise<URL> {
  const parent = await loadParent(ctx.db, wanted.person.workspaceId, wanted.parentId)
  if (!parent.sealedClient)
    throw new UserError('oauth_client_missing', 'This connection has no OAuth client yet. Its builder must give one.')
  const state = randomBytes(32).toString('base64url')
  const verifier = randomBytes(48).toString('base64url')
  await recordAttempt(ctx, parent, { ...wanted, state, verifier })
  return authorizationUrl(ctx, parent, { redirectUri: redirectUriOf(ctx, parent.id), state, verifier })
}

/**
 * Puts an attempt on record. One that is over leads nowhere any more: what was typed into a form is here already, and nobody is told its
 * `state`.
 */
export async function recordAttempt(
  ctx: ConnectionsContext,
  parent: Parent,
  {
    state = randomBytes(32).toString('base64url'),
    verifier = '',
    isOver = false,
    ...wanted
  }: AttemptWanted & { state?: string; verifier?: string; isOver?: boolean },
): Promise<Attempt> {
  const id = newId('connectAttempt')
  const now = ctx.clock()
  return ctx.db
    .insertInto('connect_attempts')
    .values({
      id,
      workspace_id: parent.workspaceId,
      state_hash: hashState(state),
      parent_id: parent.id,
      kind: wanted.kind,
      person_id: wanted.person.id,
      session_id: wanted.sessionId,
      tie_id: wanted.tieId ?? null,
      visit_id: wanted.visit?.id ?? null,
      client_version: parent.clientVersion,
      uses: JSON.stringify(wanted.uses.map(({ recipeId, footprint }) => ({ recipe_id: recipeId, footprint }))),
      sealed_verifier: await seal(ctx.keys, { table: 'connect_attempts', id, column: 'sealed_verifier' }, verifier),
      created_at: now,
      expires_at: new Date(now.getTime() + ATTEMPT_LIFE_MS),
      consumed_at: isOver ? now : null,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

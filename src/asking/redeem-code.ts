import type { Tokens } from '#connections/grant.ts'
import { exchangeCode } from '#connections/oauth/token-endpoint.ts'
import { findParent, type Parent, redirectUriOf } from '#connections/parent.ts'
import { open } from '#connections/sealing/seal.ts'
import { OutsideError } from '#core/errors.ts'
import { actorOf, requirePrivilege } from '#people/actor.ts'
import type { Person } from '#people/person.ts'
import { findOpenRequest } from './connect-request.ts'
import type { AskingContext } from './context.ts'
import { type Attempt, REQUEST_OVER, recordRefusal, refuse } from './refuse-callback.ts'
import { storeGrant } from './store-grant.ts'

/** An answer from an application whose ties have all been checked. */
export interface Redeeming {
  attempt: Attempt
  parent: Parent
  person: Person
  /** As it came to the redirect URI, the authorization code with it. */
  query: URLSearchParams
}

/** Exchanges the code, once, and stores what comes of it. */
export async function redeemCode(ctx: AskingContext, { surface, ...redeeming }: Redeeming & { surface: string }) {
  const { attempt, parent, person } = redeeming
  const tokens = await exchange(ctx, redeeming)
  return storeGrant(ctx, { attempt, parent, tokens, person, surface })
}

/** The parent, when it is as it was when the trip began. */
export async function checkParent(ctx: AskingContext, attempt: Attempt): Promise<Parent> {
  const parent = await findParent(ctx.db, attempt.parent_id)
  if (parent && !parent.deleted && parent.clientVersion === attempt.client_version) return parent
  throw await refuse(
    ctx,
    attempt,
    'parent_changed',
    'This connection was changed or deleted meanwhile. Start again where you began.',
  )
}

/** A child is connected for a request that is still open, not for one that was declined or has lapsed; a parent by whoever may still edit it. */
export async function checkWanted(ctx: AskingContext, attempt: Attempt, person: Person): Promise<void> {
  if (attempt.kind === 'parent') return requirePrivilege(actorOf(person), 'connections.edit')
  if (await findOpenRequest(ctx.db, { personId: person.id, parentId: attempt.parent_id })) return
  throw await refuse(ctx, attempt, 'request_over', REQUEST_OVER)
}

async function exchange(ctx: AskingContext, { attempt, parent, query }: Redeeming): Promise<Tokens> {
  const url = redirectUriOf(ctx, parent.id)
  for (const [name, value] of query) url.searchParams.append(name, value)
  const place = { table: 'connect_attempts', id: attempt.id, column: 'sealed_verifier' } as const
  const verifier = await open<string>(ctx.keys, place, attempt.sealed_verifier)
  const wanted = { callback: url, state: query.get('state') ?? '', verifier }
  const answer = await exchangeCode(ctx, parent, wanted).catch(async (error) => {
    if (error instanceof OutsideError) await recordRefusal(ctx, attempt, error.code)
    throw error
  })
  if (answer.kind === 'granted') return answer.tokens
  throw await refuse(
    ctx,
    attempt,
    'code_refused',
    'The application did not accept its own answer. Press Connect again.',
  )
}

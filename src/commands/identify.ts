import { UserError } from '#core/errors.ts'
import { type Actor, type ApiKeyActor, actorOf, type PersonActor } from '#people/actor.ts'
import { findApiKey } from '#people/api-keys.ts'
import { sessionCookie } from '#people/session-cookie.ts'
import { findSession } from '#people/sessions.ts'
import type { CommandsContext } from './context.ts'

export type { Actor }

/** The name and attributes of the cookie that carries a session's token. */
export const cookieOf = (ctx: CommandsContext) => sessionCookie(ctx.publicUrl)

/** The person behind a session's token; undefined when it is not, or no longer, good. */
export async function identifySession(ctx: CommandsContext, token: string): Promise<PersonActor | undefined> {
  const found = await findSession(ctx.db, token, ctx.clock())
  return found && actorOf(found.person, found.session.id)
}

/** The API key behind a bearer token; undefined when it is not, or no longer, good. */
export function identifyApiKey(ctx: CommandsContext, token: string): Promise<ApiKeyActor | undefined> {
  return findApiKey(ctx.db, token, ctx.clock())
}

/** For what only a person can do, by their own session. */
export function requirePerson(actor: Actor): PersonActor {
  if (actor.kind === 'person') return actor
  throw new UserError('person_needed', 'Only a signed-in person can do this.', { status: 403 })
}

import { UserError } from '#core/errors.ts'
import type { SessionId } from '#core/ids.ts'
import type { Actor } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import type { Person } from '#people/person.ts'
import type { Privilege } from '#people/privileges.ts'
import { endSession, listSessions, type Session } from '#people/sessions.ts'
import { loadOnlyWorkspace } from '#people/workspaces.ts'
import type { CommandsContext } from '../context.ts'
import { requirePerson } from '../identify.ts'

export type { Session }

/** Who is signed in, where, and what they may do. */
export interface MySession {
  person: Person
  workspace: { id: string; name: string }
  privileges: Privilege[]
}

/** The signed-in person with their workspace and privileges. Refuses an API key with `person_needed`. */
export async function getMySession(ctx: CommandsContext, actor: Actor): Promise<MySession> {
  const { person, privileges } = requirePerson(actor)
  return { person, workspace: await loadOnlyWorkspace(ctx.db), privileges: [...privileges].sort() }
}

/** The person's live sessions, the one last seen first; `current` is the one that asks. */
export async function listMySessions(ctx: CommandsContext, actor: Actor): Promise<(Session & { current: boolean })[]> {
  const { person, sessionId } = requirePerson(actor)
  const sessions = await listSessions(ctx.db, person.id, ctx.clock())
  return sessions.map((session) => ({ ...session, current: session.id === sessionId }))
}

/** Ends one of the person's own sessions, from its next request on. Refuses `session_not_found`, also for another person's. */
export async function endMySession(
  ctx: CommandsContext,
  actor: Actor,
  { sessionId }: { sessionId: SessionId },
): Promise<void> {
  const { person } = requirePerson(actor)
  await ctx.db.transaction().execute(async (tx) => {
    if (!(await endSession(tx, { personId: person.id, sessionId })))
      throw new UserError('session_not_found', 'You have no such session. It may have ended.', { status: 404 })
    await recordAudit(tx, actor, {
      action: 'person.session_ended',
      targetId: person.id,
      details: { session: sessionId },
    })
  })
}

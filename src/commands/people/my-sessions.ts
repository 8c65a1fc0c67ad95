import { endAttempts } from '#asking/end-attempts.ts'
import { UserError } from '#core/errors.ts'
import type { SessionId } from '#core/ids.ts'
import type { Actor } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import { describeBrowser } from '#people/describe-browser.ts'
import type { Person } from '#people/person.ts'
import type { Privilege } from '#people/privileges.ts'
import { endSession, type ListedSession, listSessions } from '#people/sessions.ts'
import { loadOnlyWorkspace } from '#people/workspaces.ts'
import type { CommandsContext } from '../context.ts'
import { requirePerson } from '../identify.ts'

/** A browser in which the person is signed in: it is remembered until its session ends. */
export interface MyBrowser extends ListedSession {
  /** In words a person knows it by: `Firefox on Windows`. */
  browser: string
  /** Whether it is the one that asks. */
  current: boolean
}

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

/** The browsers in which the person is signed in, the one last seen first. */
export async function listMySessions(ctx: CommandsContext, actor: Actor): Promise<MyBrowser[]> {
  const { person, sessionId } = requirePerson(actor)
  const sessions = await listSessions(ctx.db, person.id, ctx.clock())
  return sessions.map((session) => ({
    ...session,
    browser: describeBrowser(session.userAgent),
    current: session.id === sessionId,
  }))
}

/**
 * Forgets one of the person's browsers, from its next request on: its session ends, and what it had begun to connect. Refuses
 * `session_not_found`, also for another person's.
 */
export async function endMySession(
  ctx: CommandsContext,
  actor: Actor,
  { sessionId }: { sessionId: SessionId },
): Promise<void> {
  const { person } = requirePerson(actor)
  await ctx.db.transaction().execute(async (tx) => {
    if (!(await endSession(tx, { personId: person.id, sessionId })))
      throw new UserError('session_not_found', 'You have no such session. It may have ended.', { status: 404 })
    await endAttempts(tx, sessionId, ctx.clock())
    await recordAudit(tx, actor, {
      action: 'person.session_ended',
      targetId: person.id,
      details: { session: sessionId },
    })
  })
}

import { endAttempts } from '#asking/end-attempts.ts'
import type { Actor } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import { safeReturnPath } from '#people/safe-return-path.ts'
import { endSession, startSession } from '#people/sessions.ts'
import { signIn } from '#people/sign-in.ts'
import { createWorkspaceWithOwner, findOnlyWorkspace } from '#people/workspaces.ts'
import type { CommandsContext } from './context.ts'
import { requirePerson } from './identify.ts'

/** A browser, as far as its requests tell. */
export interface BrowserFacts {
  userAgent: string | null
  ip: string
}

/** Whether the first run has happened: there is a workspace with its owner. */
export async function isSetUp(ctx: CommandsContext): Promise<boolean> {
  return (await findOnlyWorkspace(ctx.db)) !== undefined
}

/** The first run: makes the workspace and its owner and signs them in. Of any number at once one wins. Answers the session's token. */
export async function setUp(
  ctx: CommandsContext,
  wanted: { workspaceName: string; ownerName: string; email: string; password: string },
  browser: BrowserFacts,
): Promise<string> {
  const { owner } = await createWorkspaceWithOwner(ctx.db, { ...wanted, now: ctx.clock() })
  const { token } = await startSession(ctx.db, { personId: owner.id, userAgent: browser.userAgent, now: ctx.clock() })
  return token
}

/**
 * Signs a person in by e-mail and password. Answers the session's token; refuses everything that does not fit in one way. Who was given
 * a first password chooses their own with it (`password_not_their_own`, 403, until they do).
 */
export async function signInByPassword(
  ctx: CommandsContext,
  typed: { email: string; password: string; newPassword: string | null },
  browser: BrowserFacts,
): Promise<string> {
  const { token } = await signIn(ctx.db, { ...typed, ...browser, now: ctx.clock() })
  return token
}

/** Ends this browser's session, and what it had begun to connect. */
export async function signOut(ctx: CommandsContext, actor: Actor): Promise<void> {
  const { person, sessionId } = requirePerson(actor)
  if (sessionId) {
    await endSession(ctx.db, { personId: person.id, sessionId })
    await endAttempts(ctx.db, sessionId, ctx.clock())
  }
  await recordAudit(ctx.db, actor, { action: 'person.signed_out', targetId: person.id })
}

/** Where to go after signing in: a path of ours, or the start. */
export const returnPath = (ctx: CommandsContext, next: string | undefined): string =>
  safeReturnPath(next, ctx.publicUrl)

import { createHash, timingSafeEqual } from 'node:crypto'
import { endAttempts } from '#asking/end-attempts.ts'
import { UserError } from '#core/errors.ts'
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

/**
 * Where whoever started the server creates its owner; null once there is one. The link holds the setup code, which is the same on every
 * machine: it comes from the sealing key, and tells nothing of it.
 */
export async function findOwnerLink(ctx: CommandsContext): Promise<URL | null> {
  if (await isSetUp(ctx)) return null
  return new URL(`/welcome?with=${await setupCode(ctx)}`, ctx.publicUrl)
}

async function setupCode({ keys }: CommandsContext): Promise<string> {
  const hash = createHash('sha256').update(`behalf setup code\n${await keys.fingerprint()}`)
  return hash.digest('base64url').slice(0, 24)
}

/**
 * The first run: makes the workspace and its owner and signs them in. Of any number at once one wins. Answers the session's token. Refuses
 * with `setup_code_wrong` (403) who was not told the code that the server printed.
 */
export async function setUp(
  ctx: CommandsContext,
  wanted: { setupCode: string; workspaceName: string; ownerName: string; email: string; password: string },
  browser: BrowserFacts,
): Promise<string> {
  if (!(await isSetUp(ctx)) && !isEqual(wanted.setupCode.trim(), await setupCode(ctx)))
    throw new UserError(
      'setup_code_wrong',
      'The setup code is wrong. Open the link that the server printed when it started.',
      {
        status: 403,
      },
    )
  const { owner } = await createWorkspaceWithOwner(ctx.db, { ...wanted, now: ctx.clock() })
  const { token } = await startSession(ctx.db, { personId: owner.id, userAgent: browser.userAgent, now: ctx.clock() })
  return token
}

function isEqual(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
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

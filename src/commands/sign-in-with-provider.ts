import { listProviders, loadProvider, type SignInProvider } from '#connections/sign-in/sign-in-provider.ts'
import {
  finishTrip,
  type SignInClaims,
  startTrip,
  TRIP_LIFE_SECONDS,
  type TripRefusal,
} from '#connections/sign-in/sign-in-trip.ts'
import { findApp } from '#connections/surface-apps.ts'
import { findInstallation } from '#connections/surface-installations.ts'
import { UserError } from '#core/errors.ts'
import { isId, type SurfaceAppId } from '#core/ids.ts'
import type { SurfaceInstallation } from '#core/surface-app.ts'
import type { Db } from '#database/db.ts'
import { tellPerson } from '#jobs/tell-person.ts'
import { actorOf } from '#people/actor.ts'
import { addressBlock } from '#people/address-block.ts'
import { recordAudit } from '#people/audit.ts'
import { takeFromLimit } from '#people/rate-limit.ts'
import {
  type IdentityRefusal,
  issuerFamily,
  type ProvenIdentity,
  type Resolved,
  resolveIdentity,
  tenantFamily,
} from '#people/resolve-identity.ts'
import { startSession } from '#people/sessions.ts'
import { findOnlyWorkspace, loadOnlyWorkspace } from '#people/workspaces.ts'
import type { CommandsContext } from './context.ts'
import type { BrowserFacts } from './sign-in.ts'
import { trustIn } from './surfaces/who-speaks.ts'

const TRIPS_A_MINUTE = 30
const RECORDED_A_MINUTE = 20

/** The providers people can sign in at, for the sign-in page: nothing in it is a secret. */
export async function listSignInButtons(ctx: CommandsContext): Promise<Pick<SignInProvider, 'id' | 'label'>[]> {
  const workspace = await findOnlyWorkspace(ctx.db)
  if (!workspace) return []
  return (await listProviders(ctx.db, workspace.id)).map(({ id, label }) => ({ id, label }))
}

/**
 * Begins signing in at a provider: where to send the browser, and the token it must bring back. Refuses `sign_in_provider_not_found`, and
 * with `too_many_attempts` (429) more than thirty a minute from one network address.
 */
export async function startProviderSignIn(
  ctx: CommandsContext,
  { providerId, returnTo }: { providerId: string; returnTo: string },
  { ip }: BrowserFacts,
): Promise<{ url: URL; browserToken: string; lifeSeconds: number }> {
  const provider = await loadByText(ctx, providerId)
  const limit = { key: `sign-in:trip:${addressBlock(ip)}`, limit: TRIPS_A_MINUTE, windowMs: 60_000 }
  const taken = await takeFromLimit(ctx.db, limit, ctx.clock())
  if (!taken.allowed)
    throw new UserError('too_many_attempts', 'Too many attempts. Wait a minute, then sign in again.', {
      status: 429,
      details: { retryAfterSeconds: taken.retryAfterSeconds },
    })
  return { ...(await startTrip(ctx, provider, returnTo)), lifeSeconds: TRIP_LIFE_SECONDS }
}

/**
 * Finishes signing in at a provider. Answers the new session's token, and where the person was going. Refuses what does not belong to this
 * browser's own trip with `sign_in_answer_refused`, and an identity that is nobody's here with `sign_in_identity_refused` (both 403); audited.
 */
export async function finishProviderSignIn(
  ctx: CommandsContext,
  { providerId, query, browserToken }: { providerId: string; query: URLSearchParams; browserToken: string | undefined },
  browser: BrowserFacts,
): Promise<{ token: string; returnTo: string }> {
  const provider = await loadByText(ctx, providerId)
  const finished = await finishTrip(ctx, provider, { query, browserToken })
  if (finished.kind === 'refused') {
    await recordFailure(ctx, provider, browser, { reason: finished.why })
    throw new UserError('sign_in_answer_refused', TRIP_REFUSALS[finished.why], { status: 403 })
  }
  const { claims, returnTo } = finished
  const signedIn = await ctx.db.transaction().execute(async (tx) => {
    const account = await accountOf(ctx, tx, provider, claims)
    if (!account) return { kind: 'refused', why: 'person_unknown' } as const
    const { email, emailVerified, name } = claims
    const said = { workspaceId: provider.workspaceId, email, emailVerified, name, now: ctx.clock() }
    const resolved = await resolveIdentity(tx, { ...account, ...said })
    return resolved.kind === 'person' ? begin(ctx, tx, { provider, resolved, browser }) : resolved
  })
  if ('token' in signedIn) return { token: signedIn.token, returnTo }
  await recordFailure(ctx, provider, browser, { reason: signedIn.why, sub: claims.sub, email: claims.email })
  throw new UserError('sign_in_identity_refused', identityRefusal(signedIn.why, provider), { status: 403 })
}

/** Whose account the claims are of: one of the provider's issuer, or of the surface whose app's client it is, if that is installed there. */
async function accountOf(
  ctx: CommandsContext,
  tx: Db,
  provider: SignInProvider,
  { sub, claims }: SignInClaims,
): Promise<Pick<ProvenIdentity, 'family' | 'sub' | 'trust'> | undefined> {
  if (provider.surfaceAppId === null)
    return { family: issuerFamily(provider.issuer), sub, trust: { ...provider, takesUnproven: false } }
  const app = await findApp(tx, provider.surfaceAppId)
  const account = app && ctx.surfaces.get(app.surface)?.signIn?.accountOf(claims)
  const installation = account && (await firstInstalled(tx, app.id, account.installedIn))
  if (!installation) return undefined
  // why: only their chat says who is a guest; nobody becomes a person by signing in on the web.
  const trust = { ...trustIn(installation), mayCreatePersons: false, takesUnproven: false }
  return { family: tenantFamily(app.surface, account.tenant), sub: account.user, trust }
}

async function firstInstalled(
  tx: Db,
  appId: SurfaceAppId,
  tenants: string[],
): Promise<SurfaceInstallation | undefined> {
  for (const tenant of tenants) {
    const installation = await findInstallation(tx, { appId, tenant })
    if (installation?.removedAt === null) return installation
  }
  return undefined
}

/** The session, in the transaction that found its person; whoever is linked for the first time is told, in their chat. */
async function begin(
  ctx: CommandsContext,
  tx: Db,
  {
    provider,
    resolved: { person, how },
    browser,
  }: { provider: SignInProvider; resolved: Extract<Resolved, { kind: 'person' }>; browser: BrowserFacts },
): Promise<{ token: string }> {
  const { id: personId } = person
  const wanted = { personId, userAgent: browser.userAgent, signInProviderId: provider.id, now: ctx.clock() }
  const { token, session } = await startSession(tx, wanted)
  const actor = actorOf(person, session.id)
  const details = { session: session.id, ip: browser.ip, provider: provider.id }
  if (how !== 'known')
    await recordAudit(tx, actor, {
      action: 'person.identity_linked',
      targetId: personId,
      details: { provider: provider.id, how },
    })
  await recordAudit(tx, actor, { action: 'person.signed_in', targetId: personId, details })
  if (how === 'linked')
    await tellPerson(ctx, tx, {
      person,
      jobId: null,
      text: `You signed in through ${provider.label} for the first time, and can do so from now on. If that was not you, tell an administrator at once.`,
    })
  return { token }
}

/** An answer of nobody's could be sent by anybody: of one network at most twenty a minute are put on record. */
async function recordFailure(
  ctx: CommandsContext,
  { id, workspaceId }: SignInProvider,
  { ip }: BrowserFacts,
  details: { reason: TripRefusal | IdentityRefusal; sub?: string; email?: string | null },
): Promise<void> {
  const limit = { key: `sign-in:refused:${addressBlock(ip)}`, limit: RECORDED_A_MINUTE, windowMs: 60_000 }
  if (!(await takeFromLimit(ctx.db, limit, ctx.clock())).allowed) return
  const event = { action: 'person.sign_in_failed', details: { ...details, provider: id, ip } } as const
  await recordAudit(ctx.db, { workspaceId }, event)
}

async function loadByText(ctx: CommandsContext, id: string): Promise<SignInProvider> {
  const { id: workspaceId } = await loadOnlyWorkspace(ctx.db)
  if (isId('signInProvider', id)) return loadProvider(ctx.db, workspaceId, id)
  throw new UserError('sign_in_provider_not_found', 'There is no such sign-in provider. It may have been removed.', {
    status: 404,
  })
}

const TRIP_REFUSALS: Record<TripRefusal, string> = {
  unknown_state: 'This answer belongs to no sign-in that began here. Sign in again.',
  another_provider: 'This answer came back to the address of another provider. Sign in again.',
  another_browser: 'This sign-in was begun in another browser. Sign in again in this one.',
  lapsed: 'This took too long. Sign in again.',
  replayed: 'This answer was used before. Sign in again.',
  denied: 'The provider did not sign you in. Try again, or sign in another way.',
  code_refused: 'The provider did not accept its own answer. Sign in again.',
  answer_refused:
    'The provider’s answer could not be verified, so nobody was signed in. Sign in again; if it happens again, tell an administrator.',
}

function identityRefusal(why: IdentityRefusal, { label }: SignInProvider): string {
  switch (why) {
    case 'deactivated':
      return 'Your account here is deactivated. Ask an administrator.'
    case 'email_missing':
      return `${label} did not tell your e-mail address, so it is not known who you are here. Ask an administrator.`
    case 'email_not_verified':
      return `${label} does not say that your e-mail address is verified. Verify it there and sign in again, or ask an administrator.`
    case 'email_of_another_domain':
    case 'person_unknown':
      return `Nobody here is known by your account at ${label}. Ask an administrator to add you.`
    case 'owner_not_linked':
      return `An owner can sign in through ${label} only after an owner has saved its settings. Sign in with your password and do so.`
    case 'another_account_linked':
      return `Another account at ${label} is linked to this e-mail address already. Sign in with that one, or ask an administrator.`
    case 'email_taken':
      return 'Somebody was added with your e-mail address at this very moment. Sign in again.'
  }
}

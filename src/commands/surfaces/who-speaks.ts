import { listApps } from '#connections/surface-apps.ts'
import { listInstallations } from '#connections/surface-installations.ts'
import type { PersonId } from '#core/ids.ts'
import type { SurfaceApp, SurfaceInstallation } from '#core/surface-app.ts'
import { tellPerson } from '#jobs/tell-person.ts'
import type { PersonActor } from '#people/actor.ts'
import { actorOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import type { Person } from '#people/person.ts'
import { takeFromLimit } from '#people/rate-limit.ts'
import {
  findByIdentity,
  type IdentityRefusal,
  type IdentityTrust,
  listAccounts,
  resolveIdentity,
  tenantFamily,
} from '#people/resolve-identity.ts'
import type { CommandsContext } from '../context.ts'

/** Somebody on a surface, as its vendor describes them. */
export interface SurfaceProfile {
  /** Where they are at home: another tenant than the installation's for somebody met in a shared channel. */
  tenant: string
  user: string
  name: string | null
  email: string | null
  /** Whether the vendor says that the address is theirs; null where it says nothing. */
  emailVerified: boolean | null
  kind: 'member' | 'guest' | 'stranger' | 'bot' | 'deactivated'
}

export type Speaks = { actor: PersonActor } | { refused: string }

/** How far an installation's vendor is believed. */
export function trustIn({ emailDomains, setByOwner }: SurfaceInstallation): IdentityTrust {
  return { emailDomains, setByOwner, emailsAreVouchedFor: false, mayCreatePersons: true, takesUnproven: true }
}

/**
 * Which person somebody on a surface is: the one they were before, the one with their verified address of an allowed domain, or a new one.
 * Bots, whoever is deactivated, and, unless the installation allows them, guests and strangers are refused, with what to tell them; audited.
 */
export async function whoSpeaks(
  ctx: CommandsContext,
  { surface }: SurfaceApp,
  installation: SurfaceInstallation,
  profile: SurfaceProfile,
): Promise<Speaks> {
  const { workspaceId } = installation
  const doubt = refusalOf(installation, profile)
  if (doubt) return refuse(doubt.why, doubt.text)
  const { tenant, user: sub, email, emailVerified, name } = profile
  const known = await findSpeaker(ctx, surface, installation, profile)
  if (known) return known.status === 'active' ? { actor: actorOf(known) } : refuse('deactivated', TEXTS.deactivated)
  const resolved = await ctx.db.transaction().execute(async (tx) => {
    const trust = profile.kind === 'stranger' ? { ...trustIn(installation), emailDomains: [] } : trustIn(installation)
    const family = tenantFamily(surface, tenant)
    const identity = { workspaceId, family, sub, trust, email, emailVerified, name, now: ctx.clock() }
    const resolved = await resolveIdentity(tx, identity)
    if (resolved.kind === 'person' && resolved.how !== 'known')
      await recordAudit(tx, actorOf(resolved.person), {
        action: 'person.identity_linked',
        targetId: resolved.person.id,
        details: { surface, tenant, user: sub, how: resolved.how },
      })
    if (resolved.kind === 'person' && resolved.how === 'linked')
      await tellPerson(ctx, tx, { person: resolved.person, jobId: null, text: linkedText(ctx, surface, installation) })
    return resolved
  })
  return resolved.kind === 'person' ? { actor: actorOf(resolved.person) } : refuse(resolved.why, TEXTS[resolved.why])

  async function refuse(why: string, refused: string): Promise<Speaks> {
    const details = { surface, tenant: profile.tenant, user: profile.user, why }
    // why: somebody who is refused can go on speaking for as long as they like.
    const limit = { key: `surface:refused:${installation.id}:${profile.user}`, limit: 5, windowMs: 60 * 60 * 1000 }
    if (!(await takeFromLimit(ctx.db, limit, ctx.clock())).allowed) return { refused }
    await recordAudit(ctx.db, { workspaceId }, { action: 'surface.person_refused', targetId: installation.id, details })
    return { refused }
  }
}

function linkedText({ surfaces }: CommandsContext, surface: string, { label }: SurfaceInstallation): string {
  const where = `${surfaces.get(surface)?.label ?? surface} (${label})`
  return `Your account in ${where} was known by your e-mail address, and runs recipes as you from now on. If that was not you, tell an administrator at once.`
}

/** Whether that account is, by now, that person's. */
export async function isSpeaker(
  ctx: CommandsContext,
  { app, installation }: { app: SurfaceApp; installation: SurfaceInstallation },
  account: { tenant: string; user: string },
  personId: PersonId,
): Promise<boolean> {
  return (await findSpeaker(ctx, app.surface, installation, account))?.id === personId
}

/** A person's account on a surface. */
export interface SurfaceAccount {
  installation: SurfaceInstallation
  user: string
}

/** Where a person is known on a surface, the account they were last linked to first; only where its app is still installed. */
export async function findAccounts(
  ctx: CommandsContext,
  surface: string,
  { id, workspaceId }: Pick<Person, 'id' | 'workspaceId'>,
): Promise<SurfaceAccount[]> {
  const accounts = await listAccounts(ctx.db, { surface, personId: id })
  if (accounts.length === 0) return []
  const [apps, installations] = await Promise.all([
    listApps(ctx.db, workspaceId),
    listInstallations(ctx.db, workspaceId),
  ])
  const app = apps.find((each) => each.surface === surface)
  const installed = installations.filter(({ appId, removedAt }) => appId === app?.id && removedAt === null)
  return accounts.flatMap(({ tenant, user }) => {
    const isThere = ({ tenant: own, facts }: SurfaceInstallation) => own === tenant || facts.enterprise_id === tenant
    const installation = installed.find(isThere)
    return installation ? [{ installation, user }] : []
  })
}

function findSpeaker(
  ctx: CommandsContext,
  surface: string,
  { workspaceId }: SurfaceInstallation,
  { tenant, user }: { tenant: string; user: string },
) {
  return findByIdentity(ctx.db, workspaceId, tenantFamily(surface, tenant), user)
}

function refusalOf(
  { label, allowsGuests, allowsStrangers }: SurfaceInstallation,
  { kind }: SurfaceProfile,
): { why: string; text: string } | undefined {
  if (kind === 'bot') return { why: kind, text: 'Only people can run recipes.' }
  if (kind === 'deactivated') return { why: kind, text: `Your account in ${label} is deactivated.` }
  if (kind === 'guest' && !allowsGuests)
    return { why: kind, text: `Guests of ${label} cannot use this. An administrator can allow it.` }
  if (kind === 'stranger' && !allowsStrangers)
    return { why: kind, text: `Only people of ${label} can use this, not those of other organisations.` }
  return undefined
}

const ASK = 'Ask an administrator of Behalf.'

const TEXTS: Record<IdentityRefusal, string> = {
  deactivated: `Your account in Behalf is deactivated. ${ASK}`,
  owner_not_linked:
    'Your address is an owner’s in Behalf, and an owner is known here only after an owner has saved this installation’s settings under Surfaces. Do so first.',
  another_account_linked: `Another account here is linked to your person in Behalf already. ${ASK}`,
  email_taken: 'Somebody was added with your address at this very moment. Try again.',
  email_missing: ASK,
  email_not_verified: ASK,
  email_of_another_domain: ASK,
  person_unknown: ASK,
}

import { supersedeVisitsFrom } from '#asking/connect-visit.ts'
import { listProviders } from '#connections/sign-in/sign-in-provider.ts'
import { listApps } from '#connections/surface-apps.ts'
import { listInstallations } from '#connections/surface-installations.ts'
import { UserError } from '#core/errors.ts'
import type { IdentityId, JobId, PersonId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { readdressJobs } from '#jobs/readdress-jobs.ts'
import { tellPerson } from '#jobs/tell-person.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import { deleteIdentity, holdIdentity, type Identity, listIdentities, moveIdentity } from '#people/identities.ts'
import type { Person } from '#people/person.ts'
import { holdPersons, loadPerson } from '#people/persons.ts'
import { endSessionsThrough } from '#people/sessions.ts'
import type { CommandsContext } from '../context.ts'
import { requireAssignable } from './require-assignable.ts'

/** An account elsewhere, in words an administrator knows it by. */
export interface ShownIdentity extends Identity {
  /** Whether it is in a chat; otherwise people only sign in by it. */
  isInChat: boolean
  /** Of the surface, or of the sign-in provider. */
  label: string
  /** The team's or tenant's name, where it is known; otherwise the vendor's id of it, or the issuer. */
  place: string
}

/** A person's accounts in chats and at sign-in providers, the oldest first. Needs Edit people; refuses `person_not_found`. */
export async function listIdentitiesOf(
  ctx: CommandsContext,
  actor: Actor,
  personId: PersonId,
): Promise<ShownIdentity[]> {
  requirePrivilege(actor, 'people.edit')
  const person = await loadPerson(ctx.db, workspaceOf(actor), personId)
  return show(ctx, ctx.db, person, await listIdentities(ctx.db, personId))
}

interface OfPerson {
  personId: PersonId
  identityId: IdentityId
}

/**
 * Makes an account nobody's until somebody speaks or signs in by it again, who is then matched anew. What was begun through it ends: sessions
 * on the web, and links that were sent there. Jobs and connections stay the person's; what its jobs have to say and to ask comes where else
 * they can be reached. Needs Edit people and a role within the actor's own;
 * refuses `identity_not_found`, and `identity_of_deactivated`, because whoever is shut out would come back as somebody new.
 */
export async function unlinkIdentity(
  ctx: CommandsContext,
  actor: Actor,
  { personId, identityId }: OfPerson,
): Promise<void> {
  requirePrivilege(actor, 'people.edit')
  const waiting = await ctx.db.transaction().execute(async (tx) => {
    const identity = await holdIdentity(tx, workspaceOf(actor), identityId)
    if (identity.personId !== personId) throw notTheirs()
    const [person] = await holdPersons(tx, workspaceOf(actor), [personId])
    if (!person) throw notTheirs()
    requireAssignable(actor, person.role)
    refuseDeactivated(person)
    const shown = await showOne(ctx, tx, person, identity)
    await deleteIdentity(tx, identity)
    const waiting = await takeFrom(ctx, tx, actor, { person, identity: shown, details: {} })
    const text = `An administrator unlinked ${nameOf(shown)} from you: what is said there is not said as you any more.`
    await tellPerson(ctx, tx, { person, jobId: null, text })
    return waiting
  })
  await askAnew(ctx, waiting)
}

/**
 * Makes a chat account another person's, who is here already: mostly that of the person it made when it first spoke. What was begun through
 * it as the former one ends; their jobs and connections stay theirs. Both are told. Needs Edit people and both roles within the actor's own;
 * refuses `identity_not_found`, `identity_of_deactivated`, and with `identity_not_linkable` what is no chat account, or one's own, and whom
 * none can be given to.
 */
export async function linkIdentity(
  ctx: CommandsContext,
  actor: Actor,
  { personId, identityId }: OfPerson,
): Promise<ShownIdentity> {
  requirePrivilege(actor, 'people.edit')
  const linked = await ctx.db.transaction().execute(async (tx) => {
    const identity = await holdIdentity(tx, workspaceOf(actor), identityId)
    const [from, to] = await holdPersons(tx, workspaceOf(actor), [identity.personId, personId])
    if (!from || !to) throw notTheirs()
    requireAssignable(actor, from.role, to.role)
    refuseDeactivated(from)
    refuseDeactivated(to)
    const shown = await showOne(ctx, tx, from, identity)
    if (from.id === to.id) return { identity: shown, waiting: [] }
    refuseUnlinkable(actor, shown, { from, to })
    const moved = { ...shown, ...(await moveIdentity(tx, identity, { personId, now: ctx.clock() })) }
    const waiting = await takeFrom(ctx, tx, actor, { person: from, identity: shown, details: { to: to.id } })
    const details = { ...auditedDetails(shown), how: 'administrator', from: from.id }
    await recordAudit(tx, actor, { action: 'person.identity_linked', targetId: to.id, details })
    await tellBoth(ctx, tx, shown, { from, to })
    return { identity: moved, waiting }
  })
  await askAnew(ctx, linked.waiting)
  return linked.identity
}

/** Whoever is asked to connect got the link where they are no longer. */
async function askAnew(ctx: CommandsContext, waiting: JobId[]): Promise<void> {
  for (const jobId of waiting) await ctx.sendFreshMessage(jobId)
}

/** Where they could be reached before: whoever is to be warned of a stranger's account is not told in that account alone. */
async function tellBoth(
  ctx: CommandsContext,
  tx: Db,
  identity: ShownIdentity,
  { from, to }: { from: Person; to: Person },
): Promise<void> {
  const name = nameOf(identity)
  const lost = `An administrator linked ${name} to ${to.name}: what is said there is said as them from now on, and as you no longer.`
  const got = `An administrator linked ${name} to you: what is said there is said as you from now on. If that account is not yours, tell an administrator at once.`
  await tellPerson(ctx, tx, { person: from, jobId: null, text: lost })
  await tellPerson(ctx, tx, { person: to, jobId: null, text: got })
}

/** Ends what was begun through an account as this person; audited. Answers the jobs that wait for them to connect. */
async function takeFrom(
  ctx: CommandsContext,
  tx: Db,
  actor: Actor,
  { person, identity, details }: { person: Person; identity: ShownIdentity; details: Record<string, unknown> },
): Promise<JobId[]> {
  const { id: personId } = person
  const sessions = await endSessionsThrough(tx, personId, await providersOf(tx, person, identity))
  if (identity.isInChat) await supersedeVisitsFrom(tx, { personId, surface: identity.kind, now: ctx.clock() })
  const event = { ...auditedDetails(identity), sessions, ...details }
  await recordAudit(tx, actor, { action: 'person.identity_unlinked', targetId: personId, details: event })
  return identity.isInChat ? readdressJobs(ctx, tx, person, identity.kind) : []
}

async function providersOf(tx: Db, { workspaceId }: Person, { kind, within, isInChat }: ShownIdentity) {
  const apps = isInChat ? (await listApps(tx, workspaceId)).filter(({ surface }) => surface === kind) : []
  const providers = await listProviders(tx, workspaceId)
  const isOf = ({ surfaceAppId, issuer }: (typeof providers)[number]): boolean =>
    isInChat ? apps.some(({ id }) => id === surfaceAppId) : surfaceAppId === null && issuer === within
  return providers.filter(isOf).map(({ id }) => id)
}

async function showOne(ctx: CommandsContext, db: Db, person: Person, identity: Identity): Promise<ShownIdentity> {
  return (await show(ctx, db, person, [identity]))[0] as ShownIdentity
}

async function show(
  ctx: CommandsContext,
  db: Db,
  { workspaceId }: Person,
  identities: Identity[],
): Promise<ShownIdentity[]> {
  const installations = await listInstallations(db, workspaceId)
  const providers = await listProviders(db, workspaceId)
  const apps = await listApps(db, workspaceId)
  return identities.map((identity) => {
    const { kind, within } = identity
    const surface = ctx.surfaces.get(kind)
    const app = apps.find((each) => each.surface === kind)
    const installation = installations.find(({ appId, tenant }) => appId === app?.id && tenant === within)
    const provider = providers.find(({ issuer, surfaceAppId }) => surfaceAppId === null && issuer === within)
    const isInChat = kind !== 'oidc'
    const label = isInChat ? (surface?.label ?? kind) : (provider?.label ?? 'Sign-in provider')
    return { ...identity, isInChat, label, place: installation?.label ?? within }
  })
}

function refuseDeactivated({ name, status }: Person): void {
  if (status === 'active') return
  throw new UserError(
    'identity_of_deactivated',
    `${name} is deactivated: their accounts stay theirs, and can do nothing. Reactivate them first.`,
    { status: 409 },
  )
}

function refuseUnlinkable(
  actor: Actor,
  { isInChat, label }: ShownIdentity,
  { from, to }: { from: Person; to: Person },
): void {
  const why =
    (!isInChat && `An account at ${label} only signs people in, and cannot be linked to another. Unlink it instead.`) ||
    (actor.kind === 'person' &&
      actor.person.id === from.id &&
      'Another administrator has to link an account of yours.') ||
    (to.kind !== 'member' && `${to.name} is no human who could use a chat.`)
  if (why) throw new UserError('identity_not_linkable', why, { status: 409 })
}

const nameOf = ({ label, account, place }: ShownIdentity): string => `the ${label} account ${account} (${place})`

const auditedDetails = ({ isInChat, kind, within, account }: ShownIdentity) =>
  isInChat ? { surface: kind, tenant: within, user: account } : { issuer: within, user: account }

function notTheirs(): UserError {
  return new UserError('identity_not_found', 'That account is not theirs any more. Look at the person again.', {
    status: 404,
  })
}

import { checkDomains } from '#connections/sign-in/check-provider.ts'
import {
  changeInstallation,
  endInstallation,
  findInstallation,
  listInstallations,
  saveInstallation,
} from '#connections/surface-installations.ts'
import { UserError } from '#core/errors.ts'
import type { SurfaceInstallationId } from '#core/ids.ts'
import type { SurfaceApp, SurfaceInstallation } from '#core/surface-app.ts'
import type { Db } from '#database/db.ts'
import { type Actor, isOwner, requirePrivilege, workspaceOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import type { CommandsContext } from '../context.ts'

interface InstallationNoted {
  app: SurfaceApp
  tenant: string
  label: string
  facts: Record<string, string>
  credential: string
}

/** Whose domains, guests and strangers an installation trusts. Refuses `email_domain_invalid`. */
export async function changeSurfaceInstallation(
  ctx: CommandsContext,
  actor: Actor,
  id: SurfaceInstallationId,
  change: { emailDomains?: string[]; allowsGuests?: boolean; allowsStrangers?: boolean },
): Promise<SurfaceInstallation> {
  const before = await loadInstallation(ctx, actor, id)
  return ctx.db.transaction().execute(async (tx) => {
    const changed = await changeInstallation(tx, id, {
      emailDomains: change.emailDomains ? checkDomains(change.emailDomains) : before.emailDomains,
      allowsGuests: change.allowsGuests ?? before.allowsGuests,
      allowsStrangers: change.allowsStrangers ?? before.allowsStrangers,
      setByOwner: isOwner(actor),
    })
    const { emailDomains, allowsGuests, allowsStrangers } = changed
    const details = { email_domains: emailDomains, allows_guests: allowsGuests, allows_strangers: allowsStrangers }
    await recordAudit(tx, actor, { action: 'surface.changed', targetId: id, details })
    return changed
  })
}

/** Takes the app out of one team or tenant, here: what it was given is forgotten. */
export async function removeSurfaceInstallation(
  ctx: CommandsContext,
  actor: Actor,
  id: SurfaceInstallationId,
): Promise<void> {
  await loadInstallation(ctx, actor, id)
  await ctx.db.transaction().execute(async (tx) => {
    await endInstallation(ctx, tx, id)
    await recordAudit(tx, actor, { action: 'surface.uninstalled', targetId: id, details: { why: 'administrator' } })
  })
}

/** Notes that an administrator installed the app somewhere. Its people are matched by the domain of that administrator's own address. */
export async function noteInstallation(
  ctx: CommandsContext,
  actor: Actor,
  wanted: InstallationNoted,
): Promise<SurfaceInstallation> {
  requirePrivilege(actor, 'workspace_settings.edit')
  return ctx.db.transaction().execute((tx) => install(ctx, tx, actor, wanted))
}

/** The vendor said that the app is there no longer. */
export async function noteUninstalled(ctx: CommandsContext, installation: SurfaceInstallation): Promise<void> {
  const { id, workspaceId } = installation
  await ctx.db.transaction().execute(async (tx) => {
    if (!(await endInstallation(ctx, tx, id))) return
    await recordAudit(tx, { workspaceId }, { action: 'surface.uninstalled', targetId: id, details: { why: 'vendor' } })
  })
}

async function install(
  ctx: CommandsContext,
  tx: Db,
  actor: Actor,
  { app, tenant, label, facts, credential }: InstallationNoted,
): Promise<SurfaceInstallation> {
  const isNew = (await findInstallation(tx, { appId: app.id, tenant })) === undefined
  const noted = { workspaceId: app.workspaceId, appId: app.id, tenant, label, facts, credential }
  const installation = await saveInstallation(ctx, tx, { ...noted, setByOwner: isOwner(actor) })
  const details = { surface: app.surface, tenant, label }
  await recordAudit(tx, actor, { action: 'surface.installed', targetId: installation.id, details })
  const domain = actor.kind === 'person' ? actor.person.email?.split('@')[1]?.toLowerCase() : undefined
  if (!isNew || domain === undefined) return installation
  return changeInstallation(tx, installation.id, { ...installation, emailDomains: checkDomains([domain]) })
}

/** Installs it in the one tenant that its settings name, unless it is there, and takes it out of any other. */
export async function installAtHome(
  ctx: CommandsContext,
  tx: Db,
  actor: Actor,
  { app, tenant, label }: { app: SurfaceApp; tenant: string; label: string },
): Promise<void> {
  const all = (await listInstallations(tx, app.workspaceId)).filter((each) => each.appId === app.id && !each.removedAt)
  for (const each of all.filter((one) => one.tenant !== tenant)) {
    await endInstallation(ctx, tx, each.id)
    await recordAudit(tx, actor, { action: 'surface.uninstalled', targetId: each.id, details: { why: 'settings' } })
  }
  if (!all.some((each) => each.tenant === tenant))
    await install(ctx, tx, actor, { app, tenant, label, facts: {}, credential: '' })
}

async function loadInstallation(
  ctx: CommandsContext,
  actor: Actor,
  id: SurfaceInstallationId,
): Promise<SurfaceInstallation> {
  requirePrivilege(actor, 'workspace_settings.edit')
  const found = (await listInstallations(ctx.db, workspaceOf(actor))).find((each) => each.id === id)
  if (found) return found
  throw new UserError('surface_installation_not_found', 'There is no such installation. It may have been removed.', {
    status: 404,
  })
}

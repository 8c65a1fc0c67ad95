import { listProviders } from '#connections/sign-in/sign-in-provider.ts'
import { changeInstallation, endInstallation, listInstallations } from '#connections/surface-installations.ts'
import type { SurfaceApp } from '#core/surface-app.ts'
import type { Db } from '#database/db.ts'
import type { SurfaceSetUp } from '#jobs/context.ts'
import { type Actor, isOwner } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import { forgetAccountsOn } from '#people/identities.ts'
import type { CommandsContext } from '../context.ts'

/** Whether these settings have the app's secrets sent elsewhere than before. */
export function isMoved(
  { fields }: SurfaceSetUp,
  before: SurfaceApp | null,
  settings: Record<string, string>,
): boolean {
  const addresses = before === null ? [] : fields.filter(({ isAddress }) => isAddress)
  return addresses.some(({ name, initial }) => (before?.settings[name] ?? initial) !== settings[name])
}

/**
 * Another address is another vendor: what the former one gave is forgotten, and so is whom it named. Answers how many accounts are nobody's
 * now.
 */
export async function forgetVendor(ctx: CommandsContext, tx: Db, actor: Actor, app: SurfaceApp): Promise<number> {
  for (const { id } of await installationsOf(tx, app)) {
    await endInstallation(ctx, tx, id)
    await recordAudit(tx, actor, { action: 'surface.uninstalled', targetId: id, details: { why: 'address' } })
  }
  return forgetAccounts(tx, app, 'everybody')
}

/**
 * Whoever knows an app's secrets can say anything in anybody's name: what an administrator gave it speaks for no owner, until an owner
 * saves where it is installed. Answers how many accounts are nobody's now.
 */
export async function distrustForOwners(tx: Db, actor: Actor, app: SurfaceApp): Promise<number> {
  if (isOwner(actor)) return 0
  for (const installation of await installationsOf(tx, app))
    await changeInstallation(tx, installation.id, { ...installation, setByOwner: false })
  return forgetAccounts(tx, app, 'owners')
}

/** With the sessions that were begun by them. */
export async function forgetAccounts(tx: Db, app: SurfaceApp, whose: 'everybody' | 'owners'): Promise<number> {
  const { workspaceId, surface } = app
  const forgotten = await forgetAccountsOn(tx, { workspaceId, surface, whose })
  const provider = (await listProviders(tx, workspaceId)).find(({ surfaceAppId }) => surfaceAppId === app.id)
  if (provider && forgotten.length > 0)
    await tx
      .deleteFrom('sessions')
      .where('sign_in_provider_id', '=', provider.id)
      .where('person_id', 'in', forgotten)
      .execute()
  return forgotten.length
}

const installationsOf = async (tx: Db, { id, workspaceId }: SurfaceApp) =>
  (await listInstallations(tx, workspaceId)).filter(({ appId, removedAt }) => appId === id && removedAt === null)

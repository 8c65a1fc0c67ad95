import type { Selectable } from 'kysely'
import { newId, type SurfaceAppId, type SurfaceInstallationId, type WorkspaceId } from '#core/ids.ts'
import { Secret } from '#core/secret.ts'
import type { SurfaceInstallation } from '#core/surface-app.ts'
import type { Db } from '#database/db.ts'
import type { Tables } from '#database/tables.ts'
import type { ConnectionsContext } from './context.ts'
import { open, seal } from './sealing/seal.ts'

const place = (id: SurfaceInstallationId) =>
  ({ table: 'surface_installations', id, column: 'sealed_credential' }) as const

export interface InstallationWanted {
  workspaceId: WorkspaceId
  appId: SurfaceAppId
  tenant: string
  label: string
  facts: Record<string, string>
  /** What the app speaks with there; empty where the app's own secrets are all it needs. */
  credential: string
  setByOwner: boolean
}

/** Notes where an app was installed, or installed anew: what an administrator decided about it stays. */
export async function saveInstallation(
  ctx: ConnectionsContext,
  tx: Db,
  wanted: InstallationWanted,
): Promise<SurfaceInstallation> {
  const { appId, tenant, workspaceId, setByOwner } = wanted
  const before = await findInstallation(tx, { appId, tenant })
  const id = before?.id ?? newId('surfaceInstallation')
  const noted = {
    label: wanted.label,
    facts: JSON.stringify(wanted.facts),
    sealed_credential: await seal(ctx.keys, place(id), wanted.credential),
    removed_at: null,
    installed_at: ctx.clock(),
  }
  const row = await tx
    .insertInto('surface_installations')
    .values({ id, workspace_id: workspaceId, app_id: appId, tenant, set_by_owner: setByOwner, ...noted })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(noted))
    .returningAll()
    .executeTakeFirstOrThrow()
  return installationFromRow(row)
}

/** Also one that was removed since. */
export async function findInstallation(
  db: Db,
  { appId, tenant }: { appId: SurfaceAppId; tenant: string },
): Promise<SurfaceInstallation | undefined> {
  const row = await db
    .selectFrom('surface_installations')
    .selectAll()
    .where('app_id', '=', appId)
    .where('tenant', '=', tenant)
    .executeTakeFirst()
  return row && installationFromRow(row)
}

/** By name, also those that were removed. */
export async function listInstallations(db: Db, workspaceId: WorkspaceId): Promise<SurfaceInstallation[]> {
  const rows = await db
    .selectFrom('surface_installations')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .orderBy('label')
    .orderBy('id')
    .execute()
  return rows.map(installationFromRow)
}

/** What an administrator decides about who there is whom here. */
export async function changeInstallation(
  tx: Db,
  id: SurfaceInstallationId,
  change: Pick<SurfaceInstallation, 'emailDomains' | 'allowsGuests' | 'allowsStrangers' | 'setByOwner'>,
): Promise<SurfaceInstallation> {
  const row = await tx
    .updateTable('surface_installations')
    .set({
      email_domains: change.emailDomains,
      allows_guests: change.allowsGuests,
      allows_strangers: change.allowsStrangers,
      set_by_owner: change.setByOwner,
    })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
  return installationFromRow(row)
}

/** The vendor said that the app is there no longer, or an administrator took it out: what it was given is forgotten. False where that was known. */
export async function endInstallation(ctx: ConnectionsContext, tx: Db, id: SurfaceInstallationId): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('surface_installations')
    .set({ removed_at: ctx.clock(), sealed_credential: await seal(ctx.keys, place(id), '') })
    .where('id', '=', id)
    .where('removed_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** What the app speaks with there, opened for one use. */
export async function openInstallationCredential(ctx: ConnectionsContext, id: SurfaceInstallationId): Promise<Secret> {
  const row = await ctx.db
    .selectFrom('surface_installations')
    .select('sealed_credential')
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  return new Secret(await open<string>(ctx.keys, place(id), row.sealed_credential))
}

function installationFromRow(row: Selectable<Tables['surface_installations']>): SurfaceInstallation {
  const { id, tenant, label } = row
  return {
    id,
    tenant,
    label,
    workspaceId: row.workspace_id,
    appId: row.app_id,
    facts: row.facts as Record<string, string>,
    emailDomains: row.email_domains,
    allowsGuests: row.allows_guests,
    allowsStrangers: row.allows_strangers,
    setByOwner: row.set_by_owner,
    installedAt: row.installed_at,
    removedAt: row.removed_at,
  }
}

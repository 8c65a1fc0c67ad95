import type { Selectable } from 'kysely'
import { UserError } from '#core/errors.ts'
import { newId, type SurfaceAppId, type WorkspaceId } from '#core/ids.ts'
import { Secret } from '#core/secret.ts'
import type { SurfaceApp } from '#core/surface-app.ts'
import type { Db } from '#database/db.ts'
import type { Tables } from '#database/tables.ts'
import type { ConnectionsContext } from './context.ts'
import { open, seal } from './sealing/seal.ts'
import { whatOpens } from './sealing/what-opens.ts'

const place = (id: SurfaceAppId) => ({ table: 'surface_apps', id, column: 'sealed_secrets' }) as const

export interface AppWanted {
  workspaceId: WorkspaceId
  surface: string
  /** The version that was looked at; null: there was none. */
  from: number | null
  settings: Record<string, string>
  /** One that is left out stays as it is; an empty one goes. */
  secrets: Record<string, string>
}

/** Saves a surface's app, in place of what there was, and seals its secrets. Refuses `surface_app_changed` when it is another by now. */
export async function saveApp(ctx: ConnectionsContext, tx: Db, wanted: AppWanted): Promise<SurfaceApp> {
  const { workspaceId, surface } = wanted
  const before = await selectApps(tx, workspaceId).where('surface', '=', surface).forUpdate().executeTakeFirst()
  // why: whether a kept secret may stay was decided by what was looked at.
  if ((before?.version ?? null) !== wanted.from) throw changedMeanwhile()
  const id = before?.id ?? newId('surfaceApp')
  const kept = before ? await openKept(ctx, id, before.sealed_secrets) : {}
  const secrets = Object.fromEntries(
    Object.entries({ ...kept, ...wanted.secrets }).filter(([, secret]) => secret !== ''),
  )
  const now = ctx.clock()
  const saved = {
    settings: JSON.stringify(wanted.settings),
    secrets_kept: Object.keys(secrets).sort(),
    sealed_secrets: await seal(ctx.keys, place(id), secrets),
    changed_at: now,
  }
  const row = await tx
    .insertInto('surface_apps')
    .values({ id, workspace_id: workspaceId, surface, created_at: now, ...saved })
    .onConflict((conflict) =>
      conflict
        .columns(['workspace_id', 'surface'])
        .doUpdateSet((row) => ({ ...saved, version: row('surface_apps.version', '+', 1) }))
        // why: of two who save the first one at once, the second has sealed for a row that does not come to be.
        .where('surface_apps.id', '=', id),
    )
    .returningAll()
    .executeTakeFirst()
  if (row) return appFromRow(row)
  throw changedMeanwhile()
}

export async function listApps(db: Db, workspaceId: WorkspaceId): Promise<SurfaceApp[]> {
  return (await selectApps(db, workspaceId).orderBy('surface').execute()).map(appFromRow)
}

/** Every app of a surface, of whatever workspace: what a process that keeps a line open to its vendor begins with. */
export async function listAppsOfSurface(db: Db, surface: string): Promise<SurfaceApp[]> {
  return (await db.selectFrom('surface_apps').selectAll().where('surface', '=', surface).execute()).map(appFromRow)
}

/** That app; undefined when it was removed. */
export async function findApp(db: Db, id: SurfaceAppId): Promise<SurfaceApp | undefined> {
  const row = await db.selectFrom('surface_apps').selectAll().where('id', '=', id).executeTakeFirst()
  return row && appFromRow(row)
}

/** Its installations, and what they gave it, go with it. */
export async function deleteApp(tx: Db, id: SurfaceAppId): Promise<void> {
  await tx.deleteFrom('surface_apps').where('id', '=', id).execute()
}

/** One of an app's secrets, opened for one use; `surface_secret_missing` where it is not kept. */
export async function openAppSecret(ctx: ConnectionsContext, id: SurfaceAppId, name: string): Promise<Secret> {
  const row = await ctx.db.selectFrom('surface_apps').select('sealed_secrets').where('id', '=', id).executeTakeFirst()
  const secrets = row ? await openKept(ctx, id, row.sealed_secrets) : {}
  const secret = secrets[name]
  if (secret !== undefined) return new Secret(secret)
  throw new UserError(
    'surface_secret_missing',
    `Its ${name.replaceAll('_', ' ')} is not set up. Give it under Surfaces.`,
    {
      status: 409,
    },
  )
}

/** None where its sealing key was lost. */
async function openKept(ctx: ConnectionsContext, id: SurfaceAppId, sealed: Buffer): Promise<Record<string, string>> {
  const opened = await whatOpens(() => open<Record<string, string>>(ctx.keys, place(id), sealed))
  return opened ?? {}
}

function changedMeanwhile(): UserError {
  const message = 'Somebody else saved this at the same moment. Look again, then save.'
  return new UserError('surface_app_changed', message, { status: 409 })
}

function selectApps(db: Db, workspaceId: WorkspaceId) {
  return db.selectFrom('surface_apps').selectAll().where('workspace_id', '=', workspaceId)
}

function appFromRow(row: Selectable<Tables['surface_apps']>): SurfaceApp {
  const { id, surface, version } = row
  const settings = row.settings as Record<string, string>
  return { id, workspaceId: row.workspace_id, surface, settings, secretsKept: row.secrets_kept, version }
}

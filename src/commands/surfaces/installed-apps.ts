import { findApp, listAppsOfSurface as listKept, openAppSecret as openSecret } from '#connections/surface-apps.ts'
import {
  findInstallation as findKept,
  listInstallations,
  openInstallationCredential as openCredential,
} from '#connections/surface-installations.ts'
import type { SurfaceAppId, SurfaceInstallationId } from '#core/ids.ts'
import type { Secret } from '#core/secret.ts'
import type { SurfaceApp, SurfaceInstallation } from '#core/surface-app.ts'
import type { CommandsContext } from '../context.ts'

/** That app; undefined when it was removed. */
export const findSurfaceApp = (ctx: CommandsContext, id: SurfaceAppId): Promise<SurfaceApp | undefined> =>
  findApp(ctx.db, id)

/** Every app of a surface. */
export const listAppsOfSurface = (ctx: CommandsContext, surface: string): Promise<SurfaceApp[]> =>
  listKept(ctx.db, surface)

/** Where the app is installed now. */
export async function listInstallationsOf(ctx: CommandsContext, app: SurfaceApp): Promise<SurfaceInstallation[]> {
  const all = await listInstallations(ctx.db, app.workspaceId)
  return all.filter(({ appId, removedAt }) => appId === app.id && removedAt === null)
}

/** Where the app is installed by that id; undefined where it is not, or not any more. */
export async function findInstallation(
  ctx: CommandsContext,
  app: { id: SurfaceAppId },
  tenant: string,
): Promise<SurfaceInstallation | undefined> {
  const found = await findKept(ctx.db, { appId: app.id, tenant })
  return found?.removedAt === null ? found : undefined
}

/** One of the app's secrets; `surface_secret_missing` where it is not kept. */
export const openAppSecret = (ctx: CommandsContext, app: { id: SurfaceAppId }, name: string): Promise<Secret> =>
  openSecret(ctx, app.id, name)

/** What the app speaks with where it is installed. */
export const openInstallationCredential = (
  ctx: CommandsContext,
  installation: { id: SurfaceInstallationId },
): Promise<Secret> => openCredential(ctx, installation.id)

import { isDeepStrictEqual } from 'node:util'
import { followSurfaceApp, listProviders, signInRedirectUri } from '#connections/sign-in/sign-in-provider.ts'
import { deleteApp, listApps, openAppSecret, saveApp } from '#connections/surface-apps.ts'
import { listInstallations } from '#connections/surface-installations.ts'
import { UserError } from '#core/errors.ts'
import type { SurfaceApp, SurfaceInstallation } from '#core/surface-app.ts'
import type { Surface, SurfaceSetUp } from '#jobs/context.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import type { CommandsContext } from '../context.ts'
import { installAtHome } from './surface-installations.ts'
import { distrustForOwners, forgetAccounts, forgetVendor, isMoved } from './trust-in-app.ts'

/** A surface that can be set up, with what is saved for it and where it is installed. */
export interface ShownSurface {
  surface: Surface & { setUp: SurfaceSetUp }
  app: SurfaceApp | null
  installations: SurfaceInstallation[]
  /** How people sign in on the web by its client, and what to register for that; null while they cannot. */
  signIn: { label: string; redirectUri: string } | null
}

/** Every surface that can be set up, by name. Needs Edit workspace settings, as all that changes one. */
export async function listSurfaces(ctx: CommandsContext, actor: Actor): Promise<ShownSurface[]> {
  requirePrivilege(actor, 'workspace_settings.edit')
  const workspaceId = workspaceOf(actor)
  const apps = await listApps(ctx.db, workspaceId)
  const installations = await listInstallations(ctx.db, workspaceId)
  const providers = await listProviders(ctx.db, workspaceId)
  return [...ctx.surfaces.values()].flatMap((surface) => {
    if (!surface.setUp) return []
    const app = apps.find((each) => each.surface === surface.name) ?? null
    const provider = providers.find(({ surfaceAppId }) => app !== null && surfaceAppId === app.id)
    return {
      surface: { ...surface, setUp: surface.setUp },
      app,
      installations: installations.filter(({ appId }) => appId === app?.id),
      signIn: provider ? { label: provider.label, redirectUri: signInRedirectUri(ctx, provider.id).href } : null,
    }
  })
}

/** That one; `surface_not_found` where there is none, or nothing to set up. */
export async function viewSurface(ctx: CommandsContext, actor: Actor, name: string): Promise<ShownSurface> {
  const found = (await listSurfaces(ctx, actor)).find(({ surface }) => surface.name === name)
  if (found) return found
  throw new UserError('surface_not_found', `There is no surface “${name.slice(0, 40)}” to set up.`, { status: 404 })
}

export interface SurfaceAppWanted {
  surface: string
  /** One for each field that is no secret; left out: as it was. */
  settings: Record<string, string>
  /** Left out: as it was; empty: taken away. */
  secrets: Record<string, string>
}

/**
 * Saves what the vendor's app needs. Signing in by its client follows. Refuses with `surface_settings_invalid` what does not fit, naming
 * each field; nothing is saved then.
 */
export async function saveSurfaceApp(
  ctx: CommandsContext,
  actor: Actor,
  wanted: SurfaceAppWanted,
): Promise<ShownSurface> {
  const { surface, app: before } = await viewSurface(ctx, actor, wanted.surface)
  const settings = settingsOf(surface.setUp, { ...before?.settings, ...wanted.settings })
  const moved = isMoved(surface.setUp, before, settings)
  refuseUnfit(surface, { ...wanted, settings }, { before, moved })
  await ctx.db.transaction().execute(async (tx) => {
    const { name } = surface
    const app = await saveApp(ctx, tx, {
      workspaceId: workspaceOf(actor),
      surface: name,
      from: before?.version ?? null,
      settings,
      secrets: wanted.secrets,
    })
    const isSame = before && isDeepStrictEqual([before.settings, {}], [settings, wanted.secrets])
    const forgotten =
      (moved ? await forgetVendor(ctx, tx, actor, app) : 0) + (isSame ? 0 : await distrustForOwners(tx, actor, app))
    await followSurfaceApp(ctx, tx, app, await clientOf({ ...ctx, db: tx }, surface, app))
    const home = surface.setUp.home(settings)
    if (home) await installAtHome(ctx, tx, actor, { app, ...home })
    const details = { surface: name, settings, secrets_changed: Object.keys(wanted.secrets), forgotten }
    await recordAudit(tx, actor, { action: 'surface_app.saved', targetId: app.id, details })
  })
  return viewSurface(ctx, actor, wanted.surface)
}

/** Takes an app out: what it was given is forgotten, and whom it named; nobody can use it any more. */
export async function removeSurfaceApp(ctx: CommandsContext, actor: Actor, name: string): Promise<void> {
  const { app } = await viewSurface(ctx, actor, name)
  if (!app) return
  await ctx.db.transaction().execute(async (tx) => {
    const forgotten = await forgetAccounts(tx, app, 'everybody')
    await deleteApp(tx, app.id)
    const details = { surface: name, forgotten }
    await recordAudit(tx, actor, { action: 'surface_app.removed', targetId: app.id, details })
  })
}

function settingsOf({ fields }: SurfaceSetUp, given: Record<string, string>): Record<string, string> {
  const settings = fields.filter(({ secret }) => !secret)
  return Object.fromEntries(settings.map(({ name, initial }) => [name, (given[name] ?? initial).trim()]))
}

function refuseUnfit(
  { setUp }: { setUp: SurfaceSetUp },
  { settings, secrets }: SurfaceAppWanted,
  { before, moved }: { before: SurfaceApp | null; moved: boolean },
): void {
  const problems = setUp.problems(settings)
  for (const { name, label, secret, required, choices } of setUp.fields) {
    const isKept = before?.secretsKept.includes(name) === true && secrets[name] !== ''
    const isThere = secret ? isKept || Boolean(secrets[name]) : settings[name] !== ''
    // why: whoever may change the address would otherwise have the old secret sent there.
    if (secret && moved && isKept && !secrets[name])
      problems.push({ field: name, problem: `Give the ${label} again: it would be sent to another address.` })
    if (required && !isThere) problems.push({ field: name, problem: `${label} is missing.` })
    const isChoice = choices.length === 0 || choices.some(({ value }) => value === settings[name])
    if (!isChoice) problems.push({ field: name, problem: `${label} is none of the choices.` })
  }
  const unknown = Object.keys(secrets).filter(
    (name) => !setUp.fields.some((field) => field.secret && field.name === name),
  )
  for (const field of unknown) problems.push({ field, problem: 'There is no such secret.' })
  if (problems.length === 0) return
  const message = problems.map(({ problem }) => problem).join(' ')
  throw new UserError('surface_settings_invalid', message, { status: 422, details: { problems } })
}

async function clientOf(ctx: CommandsContext, { label, signIn }: Surface, app: SurfaceApp) {
  const client = signIn?.clientOf(app)
  if (!client || !app.secretsKept.includes(client.secret)) return null
  const { issuer, clientId, secret } = client
  return { label: signIn?.label ?? label, issuer, clientId, clientSecret: await openAppSecret(ctx, app.id, secret) }
}

import type { z } from 'zod'
import type { CommandsContext } from '#commands/context.ts'
import type { SetUpCheck } from '#commands/surfaces/set-up-surface.ts'
import type { ShownSurface } from '#commands/surfaces/surface-apps.ts'
import type { SurfaceInstallation as Installation } from '#core/surface-app.ts'
import type { Surface, SurfaceCheck, SurfaceInstallation } from '../surfaces-contract.ts'
import { instant } from './instant.ts'

export function presentSurface(ctx: CommandsContext, shown: ShownSurface): z.infer<typeof Surface> {
  const { surface, app, signIn, installations } = shown
  const { summary, fields, steps, files } = surface.setUp
  return {
    name: surface.name,
    label: surface.label,
    summary,
    is_set_up: app !== null,
    fields: fields.map(({ secret, initial, ...field }) => ({
      ...field,
      secret,
      value: secret ? null : (app?.settings[field.name] ?? initial),
      kept: secret && app?.secretsKept.includes(field.name) === true,
    })),
    steps: steps(app, ctx.publicUrl),
    files: files(app, ctx.publicUrl).map(({ name, label, type }) => ({ name, label, type })),
    sign_in: signIn && { label: signIn.label, redirect_uri: signIn.redirectUri },
    installations: installations.map(presentSurfaceInstallation),
  }
}

export function presentSurfaceInstallation(installation: Installation): z.infer<typeof SurfaceInstallation> {
  const { id, tenant, label } = installation
  return {
    id,
    tenant,
    label,
    email_domains: installation.emailDomains,
    allows_guests: installation.allowsGuests,
    allows_strangers: installation.allowsStrangers,
    links_owners: installation.setByOwner,
    installed_at: installation.installedAt.toISOString(),
    removed_at: instant(installation.removedAt),
  }
}

export function presentSurfaceCheck({ what, isGood, text }: SetUpCheck): z.infer<typeof SurfaceCheck> {
  return { what, is_good: isGood, text }
}

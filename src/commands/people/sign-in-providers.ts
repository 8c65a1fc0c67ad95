import { describeDiscovered } from '#connections/sign-in/discover-provider.ts'
import {
  changeProvider,
  createProvider,
  listProviders,
  loadProvider,
  type ProviderWanted,
  type SignInProvider,
  signInRedirectUri,
} from '#connections/sign-in/sign-in-provider.ts'
import { UserError } from '#core/errors.ts'
import type { SignInProviderId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { type Actor, isOwner, requirePrivilege, workspaceOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import { forgetIdentities, issuerFamily } from '#people/resolve-identity.ts'
import type { CommandsContext } from '../context.ts'

/** A provider as an administrator sees it: without its secret, with what to register there. */
export type ShownProvider = SignInProvider & { redirectUri: string }

/** The sign-in providers of the workspace but those of surfaces, which their apps bring with them. Needs Edit workspace settings, as everything here. */
export async function listSignInProviders(ctx: CommandsContext, actor: Actor): Promise<ShownProvider[]> {
  requirePrivilege(actor, 'workspace_settings.edit')
  const providers = await listProviders(ctx.db, workspaceOf(actor))
  return providers.filter(({ surfaceAppId }) => surfaceAppId === null).map((provider) => shown(ctx, provider))
}

/** Adds one; people can sign in there at once. Refuses `sign_in_issuer_invalid`, `sign_in_issuer_taken`, `email_domain_invalid`. */
export async function createSignInProvider(
  ctx: CommandsContext,
  actor: Actor,
  wanted: ProviderWanted,
): Promise<ShownProvider> {
  requirePrivilege(actor, 'workspace_settings.edit')
  return ctx.db.transaction().execute(async (tx) => {
    const made = { ...wanted, workspaceId: workspaceOf(actor), setByOwner: isOwner(actor) }
    const provider = await createProvider(ctx, tx, made)
    await recordAudit(tx, actor, {
      action: 'sign_in_provider.created',
      targetId: provider.id,
      details: auditedDetails(provider),
    })
    return shown(ctx, provider)
  })
}

/** Changes one. With another issuer it is another provider: the former one's identities and sessions end. */
export async function changeSignInProvider(
  ctx: CommandsContext,
  actor: Actor,
  {
    providerId,
    change,
  }: { providerId: SignInProviderId; change: { [K in keyof ProviderWanted]?: ProviderWanted[K] | undefined } },
): Promise<ShownProvider> {
  requirePrivilege(actor, 'workspace_settings.edit')
  return ctx.db.transaction().execute(async (tx) => {
    const before = await loadOwn(tx, actor, providerId)
    const provider = await changeProvider(ctx, tx, { provider: before, setByOwner: isOwner(actor), change })
    if (provider.issuer !== before.issuer) {
      await forgetIdentities(tx, before.workspaceId, issuerFamily(before.issuer))
      await tx.deleteFrom('sessions').where('sign_in_provider_id', '=', providerId).execute()
    }
    await recordAudit(tx, actor, {
      action: 'sign_in_provider.changed',
      targetId: providerId,
      details: { ...auditedDetails(provider), secret_changed: change.clientSecret !== undefined },
    })
    return shown(ctx, provider)
  })
}

/** Removes one: nobody can sign in there any more, its sessions end at once, and its identities are forgotten. */
export async function deleteSignInProvider(
  ctx: CommandsContext,
  actor: Actor,
  { providerId }: { providerId: SignInProviderId },
): Promise<void> {
  requirePrivilege(actor, 'workspace_settings.edit')
  await ctx.db.transaction().execute(async (tx: Db) => {
    const { workspaceId, label, issuer } = await loadOwn(tx, actor, providerId)
    await forgetIdentities(tx, workspaceId, issuerFamily(issuer))
    await tx.deleteFrom('sign_in_providers').where('id', '=', providerId).execute()
    const details = { label, issuer }
    await recordAudit(tx, actor, { action: 'sign_in_provider.deleted', targetId: providerId, details })
  })
}

/** Asks the provider what it says of itself, as signing in there would. Throws `sign_in_provider_unusable`, saying what is wrong. */
export async function testSignInProvider(
  ctx: CommandsContext,
  actor: Actor,
  { providerId }: { providerId: SignInProviderId },
): Promise<Awaited<ReturnType<typeof describeDiscovered>>> {
  requirePrivilege(actor, 'workspace_settings.edit')
  return describeDiscovered(ctx, await loadOwn(ctx.db, actor, providerId))
}

const shown = (ctx: CommandsContext, provider: SignInProvider): ShownProvider => ({
  ...provider,
  redirectUri: signInRedirectUri(ctx, provider.id).href,
})

function auditedDetails({ label, issuer, clientId, emailDomains, ...provider }: SignInProvider) {
  return {
    label,
    issuer,
    client_id: clientId,
    email_domains: emailDomains,
    emails_are_vouched_for: provider.emailsAreVouchedFor,
    may_create_persons: provider.mayCreatePersons,
  }
}

/** why: the client of a surface's app follows that app, and is changed there. */
async function loadOwn(db: Db, actor: Actor, id: SignInProviderId): Promise<SignInProvider> {
  const provider = await loadProvider(db, workspaceOf(actor), id)
  if (provider.surfaceAppId === null) return provider
  throw new UserError(
    'sign_in_provider_of_surface',
    `${provider.label} comes with its app. Change it under Surfaces.`,
    {
      status: 409,
    },
  )
}

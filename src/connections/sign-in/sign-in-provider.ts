import type { Selectable } from 'kysely'
import { UserError } from '#core/errors.ts'
import { newId, type SignInProviderId, type SurfaceAppId, type WorkspaceId } from '#core/ids.ts'
import { Secret } from '#core/secret.ts'
import type { Db } from '#database/db.ts'
import type { Tables } from '#database/tables.ts'
import type { ConnectionsContext } from '../context.ts'
import { open, seal } from '../sealing/seal.ts'
import { checkDomains, checkIssuer } from './check-provider.ts'

/** Where people of a workspace sign in by OpenID Connect. */
export interface SignInProvider {
  id: SignInProviderId
  workspaceId: WorkspaceId
  label: string
  /** As people write it, without the slash of an empty path; compared as a URL. */
  issuer: string
  clientId: string
  /** The domains whose addresses it may speak for, in lower case. */
  emailDomains: string[]
  /** Whether its addresses count as verified although it does not say so of each. */
  emailsAreVouchedFor: boolean
  mayCreatePersons: boolean
  /** Whether an owner saved it last: otherwise an address never leads to an owner. */
  setByOwner: boolean
  /** The app of a surface whose client it is: whoever signs in there is the person they are on that surface. */
  surfaceAppId: SurfaceAppId | null
  createdAt: Date
}

export interface ProviderWanted {
  label: string
  issuer: string
  clientId: string
  /** Empty for a public client. */
  clientSecret: string
  emailDomains: string[]
  emailsAreVouchedFor: boolean
  mayCreatePersons: boolean
}

const place = (id: SignInProviderId) => ({ table: 'sign_in_providers', id, column: 'sealed_client_secret' }) as const

/** Adds one. Refuses `sign_in_issuer_invalid`, `email_domain_invalid`, and `sign_in_issuer_taken` for a second one of the same issuer. */
export async function createProvider(
  ctx: ConnectionsContext,
  tx: Db,
  { workspaceId, setByOwner, ...wanted }: ProviderWanted & { workspaceId: WorkspaceId; setByOwner: boolean },
): Promise<SignInProvider> {
  const id = newId('signInProvider')
  const row = await tx
    .insertInto('sign_in_providers')
    .values({
      id,
      workspace_id: workspaceId,
      label: wanted.label,
      issuer: checkIssuer(wanted.issuer),
      client_id: wanted.clientId,
      sealed_client_secret: await seal(ctx.keys, place(id), wanted.clientSecret),
      email_domains: checkDomains(wanted.emailDomains),
      emails_are_vouched_for: wanted.emailsAreVouchedFor,
      may_create_persons: wanted.mayCreatePersons,
      set_by_owner: setByOwner,
      created_at: ctx.clock(),
    })
    .onConflict((conflict) =>
      conflict.columns(['workspace_id', 'issuer']).where('surface_app_id', 'is', null).doNothing(),
    )
    .returningAll()
    .executeTakeFirst()
  if (!row) throw issuerTaken()
  return fromRow(row)
}

/**
 * Changes one. Another issuer or client needs its secret too (`client_secret_missing`): otherwise whoever may change the address would
 * have the old secret sent there.
 */
export async function changeProvider(
  ctx: ConnectionsContext,
  tx: Db,
  {
    provider,
    setByOwner,
    change,
  }: {
    provider: SignInProvider
    setByOwner: boolean
    change: { [K in keyof ProviderWanted]?: ProviderWanted[K] | undefined }
  },
): Promise<SignInProvider> {
  const issuer = change.issuer === undefined ? provider.issuer : checkIssuer(change.issuer)
  const clientId = change.clientId ?? provider.clientId
  const isOther = issuer !== provider.issuer || clientId !== provider.clientId
  if (isOther && change.clientSecret === undefined)
    throw new UserError('client_secret_missing', 'Give the secret as well when you change the issuer or the client.', {
      status: 422,
    })
  if (issuer !== provider.issuer) await refuseTakenIssuer(tx, provider, issuer)
  const { id, emailDomains } = provider
  const row = await tx
    .updateTable('sign_in_providers')
    .set({
      label: change.label ?? provider.label,
      issuer,
      client_id: clientId,
      ...(change.clientSecret !== undefined && {
        sealed_client_secret: await seal(ctx.keys, place(id), change.clientSecret),
      }),
      email_domains: change.emailDomains === undefined ? emailDomains : checkDomains(change.emailDomains),
      emails_are_vouched_for: change.emailsAreVouchedFor ?? provider.emailsAreVouchedFor,
      may_create_persons: change.mayCreatePersons ?? provider.mayCreatePersons,
      set_by_owner: setByOwner,
    })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
  return fromRow(row)
}

/** Keeps the provider by which people of a surface sign in on the web as its app says; null takes it away. */
export async function followSurfaceApp(
  ctx: ConnectionsContext,
  tx: Db,
  app: { id: SurfaceAppId; workspaceId: WorkspaceId },
  client: { label: string; issuer: string; clientId: string; clientSecret: Secret } | null,
): Promise<void> {
  if (!client) {
    await tx.deleteFrom('sign_in_providers').where('surface_app_id', '=', app.id).execute()
    return
  }
  const before = await tx
    .selectFrom('sign_in_providers')
    .select('id')
    .where('surface_app_id', '=', app.id)
    .executeTakeFirst()
  const id = before?.id ?? newId('signInProvider')
  const followed = {
    label: client.label,
    issuer: checkIssuer(client.issuer),
    client_id: client.clientId,
    sealed_client_secret: await seal(ctx.keys, place(id), client.clientSecret.reveal()),
  }
  const trusted = { email_domains: [], emails_are_vouched_for: false, may_create_persons: false, set_by_owner: false }
  await tx
    .insertInto('sign_in_providers')
    .values({
      id,
      workspace_id: app.workspaceId,
      surface_app_id: app.id,
      ...trusted,
      ...followed,
      created_at: ctx.clock(),
    })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(followed))
    .execute()
}

/** The workspace's providers, by label. */
export async function listProviders(db: Db, workspaceId: WorkspaceId): Promise<SignInProvider[]> {
  const rows = await db
    .selectFrom('sign_in_providers')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .orderBy('label')
    .orderBy('id')
    .execute()
  return rows.map(fromRow)
}

/** That provider; `sign_in_provider_not_found` otherwise. */
export async function loadProvider(db: Db, workspaceId: WorkspaceId, id: SignInProviderId): Promise<SignInProvider> {
  const row = await db
    .selectFrom('sign_in_providers')
    .selectAll()
    .where('id', '=', id)
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst()
  if (row) return fromRow(row)
  throw new UserError('sign_in_provider_not_found', 'There is no such sign-in provider. It may have been removed.', {
    status: 404,
  })
}

/** Its client's secret, opened for one request. */
export async function openClientSecret(ctx: ConnectionsContext, { id }: SignInProvider): Promise<Secret> {
  const row = await ctx.db
    .selectFrom('sign_in_providers')
    .select('sealed_client_secret')
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  return new Secret(await open<string>(ctx.keys, place(id), row.sealed_client_secret))
}

/** Where it sends people back to: an address of its own, so that one provider's answer is never taken for another's. */
export const signInRedirectUri = (ctx: ConnectionsContext, id: SignInProviderId): URL =>
  new URL(`/sign-in/callback/${id}`, ctx.publicUrl)

async function refuseTakenIssuer(tx: Db, { workspaceId }: SignInProvider, issuer: string): Promise<void> {
  const taken = await listProviders(tx, workspaceId)
  if (taken.some((each) => each.issuer === issuer && each.surfaceAppId === null)) throw issuerTaken()
}

function issuerTaken(): UserError {
  return new UserError(
    'sign_in_issuer_taken',
    'There is a sign-in provider with this issuer already. Change that one.',
    {
      status: 409,
    },
  )
}

function fromRow(row: Selectable<Tables['sign_in_providers']>): SignInProvider {
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    label: row.label,
    issuer: row.issuer,
    clientId: row.client_id,
    emailDomains: row.email_domains,
    emailsAreVouchedFor: row.emails_are_vouched_for,
    mayCreatePersons: row.may_create_persons,
    setByOwner: row.set_by_owner,
    surfaceAppId: row.surface_app_id,
    createdAt: row.created_at,
  }
}

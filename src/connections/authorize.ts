import type { OutsideAccount } from '#connectors/connector.ts'
import { Bug } from '#core/errors.ts'
import { type ConnectionId, newId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import type { Actor, PersonActor } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import { refuseOtherAccount, refuseSharedAccount } from './check-account.ts'
import { requireRoomForChild } from './children-limit.ts'
import { endConsents } from './consents.ts'
import type { ConnectionsContext } from './context.ts'
import { ensurePepper } from './ensure-pepper.ts'
import { shownFields } from './form-credential.ts'
import { insertGrant, revealCredential, type Tokens } from './grant.ts'
import { connectorOf, type Parent, requireFormOf } from './parent.ts'
import { bindRequest } from './request.ts'
import { takeOutGrant } from './revocations.ts'

/** Asks the application whose account fresh tokens stand for. */
export async function identifyAccount(
  ctx: ConnectionsContext,
  parent: Parent,
  tokens: Tokens,
): Promise<OutsideAccount> {
  const connector = connectorOf(ctx, parent.connector)
  const authentication = connector.authentication(parent.settings)
  const { identity } = authentication.kind === 'oauth2' ? authentication.server : authentication.form
  const request = bindRequest({
    egress: ctx.egress,
    connector,
    baseUrl: connector.baseUrl(parent.settings, tokens.response),
    origins: [...connector.origins(parent.settings), new URL(identity.url).origin],
    settings: parent.settings,
    credential: () => tokens,
    beforeEach: async () => {},
    onUnauthorized: async () => false,
  })
  const answer = await request(identity)
  return connector.readAccount(answer.json, { settings: parent.settings, shown: await shownOf(ctx, parent, tokens) })
}

/** What was typed into a form, as it may be shown. */
async function shownOf(ctx: ConnectionsContext, parent: Parent, tokens: Tokens): Promise<Record<string, string>> {
  const credential = revealCredential(tokens)
  if (credential.kind !== 'form') return {}
  return shownFields(requireFormOf(ctx, parent), credential.values, await ensurePepper(ctx, parent))
}

export type { OutsideAccount }

export interface ChildAuthorization {
  parent: Parent
  person: PersonActor['person']
  tokens: Tokens
  account: OutsideAccount
  /** The account that its person has said this one takes the place of; left out when nobody asked them. */
  insteadOf?: string | null
  surface: string
}

/**
 * Makes the person's child connection `connected` with these tokens, in the caller's transaction; a reconnected child keeps its id,
 * and the grant it had is revoked. Refuses with a `UserError`, storing nothing: `account_in_use` when another person's live
 * connection stands for the same outside account, `wrong_account` when this child stood for another one than `insteadOf`,
 * `children_limit_reached`. What recipes were allowed to do with a former account ends.
 */
export async function authorizeChild(
  ctx: ConnectionsContext,
  tx: Db,
  { parent, person, tokens, account, insteadOf = null, surface }: ChildAuthorization,
): Promise<{ connectionId: ConnectionId; replaced: string | null }> {
  await refuseSharedAccount(tx, { parent, person, account })
  const child = await ensureChild(ctx, tx, { parent, person, surface })
  refuseOtherAccount(child, { account, insteadOf })
  const actor: Actor = { kind: 'person', person, sessionId: null, privileges: new Set() }
  if (child.account_id !== null && child.account_id !== account.id)
    await endConsents(tx, actor, { connectionId: child.id, why: 'account_changed', now: ctx.clock() })
  const replaced = await takeOutGrant(ctx, tx, { connectionId: child.id, parent })
  await insertGrant(ctx, tx, { parent, connectionId: child.id, tokens })
  await tx
    .updateTable('connections')
    .set({
      ...authorizedNow(ctx, account, tokens),
      status: 'connected',
      granted_client_version: parent.clientVersion,
      surface,
    })
    .where('id', '=', child.id)
    .execute()
  await recordAudit(tx, actor, {
    action: 'connection.authorized',
    targetId: child.id,
    details: { parent_id: parent.id, account: account.label, scopes: tokens.scopes },
  })
  return { connectionId: child.id, replaced }
}

/** Makes the parent's own grant these tokens, in the caller's transaction. */
export async function authorizeParent(
  ctx: ConnectionsContext,
  tx: Db,
  { parent, actor, tokens, account }: { parent: Parent; actor: Actor; tokens: Tokens; account: OutsideAccount },
): Promise<{ replaced: string | null }> {
  const replaced = await takeOutGrant(ctx, tx, { connectionId: parent.id, parent })
  await insertGrant(ctx, tx, { parent, connectionId: parent.id, tokens })
  await tx
    .updateTable('connections')
    .set({
      ...authorizedNow(ctx, account, tokens),
      status: 'success',
      granted_client_version: parent.clientVersion,
      public_origin: ctx.publicUrl.origin,
    })
    .where('id', '=', parent.id)
    .execute()
  await recordAudit(tx, actor, {
    action: 'connection.authorized',
    targetId: parent.id,
    details: { account: account.label, scopes: tokens.scopes },
  })
  return { replaced }
}

function authorizedNow(ctx: ConnectionsContext, account: OutsideAccount, tokens: Tokens) {
  return {
    status_reason: null,
    status_at: ctx.clock(),
    account_id: account.id,
    account_label: account.label,
    account_email: account.email,
    scopes: tokens.scopes,
    last_authorized_at: ctx.clock(),
  }
}

/** The person's child under this parent, held as it is until the commit; made `pending` when there is none. */
export async function ensureChild(
  ctx: ConnectionsContext,
  tx: Db,
  {
    parent,
    person,
    surface,
    name = parent.name,
  }: Pick<ChildAuthorization, 'parent' | 'person' | 'surface'> & { name?: string },
) {
  const present = await findChild(tx, parent, person)
  if (present) return present
  await requireRoomForChild(tx, { ...parent, now: ctx.clock() })
  await tx
    .insertInto('connections')
    .values({
      id: newId('connection'),
      workspace_id: parent.workspaceId,
      project_id: parent.projectId,
      environment: parent.environment,
      connector: parent.connector,
      name,
      parent_id: parent.id,
      person_id: person.id,
      status: 'pending',
      surface,
      created_by: person.id,
      created_at: ctx.clock(),
    })
    .onConflict((conflict) =>
      conflict
        .columns(['parent_id', 'person_id'])
        .where('deleted_at', 'is', null)
        .where('parent_id', 'is not', null)
        .doNothing(),
    )
    .execute()
  const made = await findChild(tx, parent, person)
  if (!made) throw new Bug(`a connection under ${parent.id} that was just made is gone`)
  return made
}

function findChild(tx: Db, parent: Parent, person: PersonActor['person']) {
  return tx
    .selectFrom('connections')
    .select(['id', 'account_id', 'account_label'])
    .where('parent_id', '=', parent.id)
    .where('person_id', '=', person.id)
    .where('deleted_at', 'is', null)
    .forUpdate()
    .executeTakeFirst()
}

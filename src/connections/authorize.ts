import { sql } from 'kysely'
import type { Authentication, OutsideAccount } from '#connectors/connector.ts'
import { UserError } from '#core/errors.ts'
import { type ConnectionId, newId, type PersonId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import type { Actor, PersonActor } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import type { ConnectionsContext } from './context.ts'
import { insertGrant, revealCredential, type Tokens } from './grant.ts'
import { connectorOf, type Parent } from './parent.ts'
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
  return connector.readAccount(answer.json, { settings: parent.settings, shown: shownFields(authentication, tokens) })
}

/** What was typed into the fields of a form that are no secret: it may name the account. */
function shownFields(authentication: Authentication, tokens: Tokens): Record<string, string> {
  const credential = revealCredential(tokens)
  if (authentication.kind !== 'form' || credential.kind !== 'form') return {}
  const shown = authentication.form.fields.filter(({ secret }) => !secret)
  return Object.fromEntries(shown.map(({ name }) => [name, credential.values[name] ?? '']))
}

export type { OutsideAccount }

export interface ChildAuthorization {
  parent: Parent
  person: PersonActor['person']
  tokens: Tokens
  account: OutsideAccount
  surface: string
}

/**
 * Makes the person's child connection `connected` with these tokens, in the caller's transaction; a reconnected child keeps its id,
 * and the grant it had is revoked. Refuses with a `UserError`, storing nothing: `account_in_use` when another person's live
 * connection stands for the same outside account, `wrong_account` when this child stood for another one.
 */
export async function authorizeChild(
  ctx: ConnectionsContext,
  tx: Db,
  { parent, person, tokens, account, surface }: ChildAuthorization,
): Promise<{ connectionId: ConnectionId; replaced: string | null }> {
  await refuseSharedAccount(tx, parent, person.id, account)
  const child = await ensureChild(ctx, tx, { parent, person, surface })
  refuseOtherAccount(child, account)
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
  await recordAudit(
    tx,
    { kind: 'person', person, sessionId: null, privileges: new Set() },
    {
      action: 'connection.authorized',
      targetId: child.id,
      details: { parent_id: parent.id, account: account.label, scopes: tokens.scopes },
    },
  )
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
    .set({ ...authorizedNow(ctx, account, tokens), status: 'success', granted_client_version: parent.clientVersion })
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

async function refuseSharedAccount(tx: Db, parent: Parent, personId: PersonId, account: OutsideAccount): Promise<void> {
  // why: two persons finishing at once with one account would each see no other.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${parent.id} ${account.id}`}, 0))`.execute(tx)
  const other = await tx
    .selectFrom('connections')
    .select('id')
    .where('parent_id', '=', parent.id)
    .where('account_id', '=', account.id)
    .where('person_id', '<>', personId)
    .where('status', '=', 'connected')
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  if (other)
    throw new UserError(
      'account_in_use',
      `The account ${account.label} is already connected by somebody else here. Connect your own account, or ask an administrator.`,
      { status: 409 },
    )
}

function refuseOtherAccount(
  child: { account_id: string | null; account_label: string | null },
  account: OutsideAccount,
) {
  if (child.account_id !== null && child.account_id !== account.id)
    throw new UserError(
      'wrong_account',
      `You connected ${child.account_label} before, and have now signed in as ${account.label}. Sign in as ${child.account_label}; or delete the old connection first, if you mean to change.`,
      { status: 409 },
    )
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
  return tx
    .selectFrom('connections')
    .select(['id', 'account_id', 'account_label'])
    .where('parent_id', '=', parent.id)
    .where('person_id', '=', person.id)
    .where('deleted_at', 'is', null)
    .forUpdate()
    .executeTakeFirstOrThrow()
}

import { UserError } from '#core/errors.ts'
import type { ApiKeyId, NamespaceId } from '#core/ids.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import {
  type ApiKey,
  createApiKey as insertApiKey,
  listApiKeys as readApiKeys,
  revokeApiKey as revoke,
} from '#people/api-keys.ts'
import { recordAudit } from '#people/audit.ts'
import { loadNamespace } from '#people/namespaces.ts'
import { isPrivilege } from '#people/privileges.ts'
import type { CommandsContext } from '../context.ts'
import { requirePerson } from '../identify.ts'

export type { ApiKey }

/** The workspace's API keys, revoked ones too, the newest first; never a token. Needs Edit API keys. */
export function listApiKeys(ctx: CommandsContext, actor: Actor): Promise<ApiKey[]> {
  requirePrivilege(actor, 'api_keys.edit')
  return readApiKeys(ctx.db, workspaceOf(actor))
}

/**
 * Makes an API key; `token` is shown this once. Needs Edit API keys and every privilege the key is to have, of a signed-in person: a key
 * cannot make keys (`person_needed`). With a namespace the key acts as that product's people, and as nobody else. Refuses
 * `privilege_unknown`, `namespace_not_found`, `namespace_privilege`, `invalid_name`, `expiry_passed`.
 */
export async function createApiKey(
  ctx: CommandsContext,
  actor: Actor,
  wanted: { name: string; privileges: string[]; namespaceId: NamespaceId | null; expiresAt: Date | null },
): Promise<{ token: string; key: ApiKey }> {
  requirePrivilege(actor, 'api_keys.edit')
  const creator = requirePerson(actor)
  const { name, namespaceId, expiresAt } = wanted
  const privileges = wanted.privileges.filter(isPrivilege)
  const unknown = wanted.privileges.filter((word) => !isPrivilege(word))
  if (unknown.length > 0) {
    const message = `There is no privilege called ${unknown.map((word) => `“${word}”`).join(', ')}.`
    throw new UserError('privilege_unknown', message, { status: 422, details: { unknown } })
  }
  return ctx.db.transaction().execute(async (tx) => {
    if (namespaceId !== null) await loadNamespace(tx, workspaceOf(actor), namespaceId)
    const made = await insertApiKey(tx, { creator, name, privileges, namespaceId, expiresAt, now: ctx.clock() })
    const details = {
      name: made.key.name,
      privileges: made.key.privileges,
      namespace_id: namespaceId,
      expires_at: expiresAt?.toISOString() ?? null,
    }
    await recordAudit(tx, actor, { action: 'api_key.created', targetId: made.key.id, details })
    return made
  })
}

/** Revokes a key for good, from its next request on. Needs Edit API keys. Refuses `api_key_not_found`. */
export async function revokeApiKey(ctx: CommandsContext, actor: Actor, { id }: { id: ApiKeyId }): Promise<ApiKey> {
  requirePrivilege(actor, 'api_keys.edit')
  return ctx.db.transaction().execute(async (tx) => {
    const key = await revoke(tx, { workspaceId: workspaceOf(actor), id, now: ctx.clock() })
    await recordAudit(tx, actor, { action: 'api_key.revoked', targetId: id, details: { name: key.name } })
    return key
  })
}

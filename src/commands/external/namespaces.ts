import { makeNamespaceSecret } from '#connections/namespace-secret.ts'
import { type NamespaceId, newId } from '#core/ids.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import { countActivePeopleOf } from '#people/external-persons.ts'
import {
  checkNamespace,
  deleteNamespace as deleteRow,
  insertNamespace,
  loadNamespace,
  type Namespace,
  type NamespaceWanted,
  listNamespaces as readNamespaces,
  updateNamespace,
} from '#people/namespaces.ts'
import { carryOutOrder, insertOrder } from '../connections/bulk-orders.ts'
import type { CommandsContext } from '../context.ts'
import { requirePerson } from '../identify.ts'

export type { Namespace }

/** The products that embed Behalf, by name. Needs Edit API keys. */
export function listNamespaces(ctx: CommandsContext, actor: Actor): Promise<Namespace[]> {
  requirePrivilege(actor, 'api_keys.edit')
  return readNamespaces(ctx.db, workspaceOf(actor))
}

/**
 * Makes a namespace; the secret that signs its notices is shown this once. Needs Edit API keys, of a signed-in person: a key makes no
 * namespace (`person_needed`). Refuses `invalid_name`, `name_taken`, `origin_invalid`, `url_not_registered`.
 */
export async function createNamespace(
  ctx: CommandsContext,
  actor: Actor,
  wanted: NamespaceWanted,
): Promise<{ namespace: Namespace; secret: string }> {
  requirePrivilege(actor, 'api_keys.edit')
  const { person } = requirePerson(actor)
  const id = newId('namespace')
  const namespace = { id, workspaceId: person.workspaceId, createdAt: ctx.clock(), ...checkNamespace(wanted) }
  const { secret, sealed } = await makeNamespaceSecret(ctx, id)
  await ctx.db.transaction().execute(async (tx) => {
    await insertNamespace(tx, { ...namespace, sealed_secret: sealed, created_by: person.id })
    const { name, origins } = namespace
    await recordAudit(tx, actor, { action: 'namespace.created', targetId: id, details: { name, origins } })
  })
  return { namespace, secret }
}

/** Changes what is given, and makes a new secret when asked to: the one before signs nothing any more. Needs what making one needs. */
export async function changeNamespace(
  ctx: CommandsContext,
  actor: Actor,
  { id, renewSecret, ...change }: Partial<NamespaceWanted> & { id: NamespaceId; renewSecret: boolean },
): Promise<{ namespace: Namespace; secret: string | null }> {
  requirePrivilege(actor, 'api_keys.edit')
  const { person } = requirePerson(actor)
  const made = renewSecret ? await makeNamespaceSecret(ctx, id) : null
  const namespace = await ctx.db.transaction().execute(async (tx) => {
    const before = await loadNamespace(tx, person.workspaceId, id)
    const after = { ...before, ...checkNamespace({ ...before, ...change }) }
    await updateNamespace(tx, { ...after, ...(made && { sealedSecret: made.sealed }) })
    const { name, origins } = after
    const details = { name, origins, secret_renewed: renewSecret }
    await recordAudit(tx, actor, { action: 'namespace.changed', targetId: id, details })
    return after
  })
  return { namespace, secret: made?.secret ?? null }
}

/**
 * Deletes a namespace: from then on no key of it is good. All its people are shut out, in batches: what takes longer than an answer may goes
 * on by itself, also across a restart. Twice is as once. Needs Edit API keys.
 */
export async function deleteNamespace(ctx: CommandsContext, actor: Actor, id: NamespaceId): Promise<void> {
  requirePrivilege(actor, 'api_keys.edit')
  const { workspaceId } = requirePerson(actor).person
  const order = await ctx.db.transaction().execute(async (tx) => {
    const name = await deleteRow(tx, { workspaceId, id, now: ctx.clock() })
    if (name === undefined) return undefined
    const people = await countActivePeopleOf(tx, { workspaceId, namespaceId: id })
    await recordAudit(tx, actor, { action: 'namespace.deleted', targetId: id, details: { name, people } })
    return insertOrder(ctx, tx, { actor, kind: 'disconnect', filter: { namespaceId: id }, total: people })
  })
  if (order) await carryOutOrder(ctx, order)
}

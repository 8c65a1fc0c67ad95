import { makeNamespaceSecret } from '#connections/namespace-secret.ts'
import { type NamespaceId, newId } from '#core/ids.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import { listActivePeopleOf } from '#people/external-persons.ts'
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
import type { CommandsContext } from '../context.ts'
import { requirePerson } from '../identify.ts'
import { shutOut } from '../people/deactivate-person.ts'

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
 * Deletes a namespace: from then on no key of it is good. Then each of its people is shut out, one after another; a deletion that was cut
 * off meanwhile is finished by asking for it again. Needs Edit API keys.
 */
export async function deleteNamespace(ctx: CommandsContext, actor: Actor, id: NamespaceId): Promise<void> {
  requirePrivilege(actor, 'api_keys.edit')
  const { person } = requirePerson(actor)
  const { workspaceId } = person
  await ctx.db.transaction().execute(async (tx) => {
    const name = await deleteRow(tx, { workspaceId, id, now: ctx.clock() })
    await recordAudit(tx, actor, { action: 'namespace.deleted', targetId: id, details: { name } })
  })
  for (;;) {
    const people = await listActivePeopleOf(ctx.db, { workspaceId, namespaceId: id })
    if (people.length === 0) return
    for (const personId of people) await shutOut(ctx, actor, { personId, check() {} })
  }
}

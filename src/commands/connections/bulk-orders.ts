import type { Selectable } from 'kysely'
import { deleteChild, disconnect, loadConnection } from '#connections/cut-off.ts'
import { attemptRevocations } from '#connections/revocations.ts'
import { type NamespaceId, newId, type PersonId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import type { Tables } from '#database/tables.ts'
import { type Actor, actorOf, workspaceOf } from '#people/actor.ts'
import { nextActivePeopleOf } from '#people/external-persons.ts'
import { loadPerson } from '#people/persons.ts'
import type { CommandsContext } from '../context.ts'
import { shutOutIn } from '../people/deactivate-person.ts'
import type { CutOffKind } from './cut-off-connections.ts'
import { type ManyFilter, nextMatching } from './matching-connections.ts'

const BATCH = 50
/** So few are revoked at the applications before the answer; more are left to the background. */
const FEW = 20
const WORK_FOR_MS = 5000

interface NewOrder {
  actor: Actor
  kind: CutOffKind
  /** Whose connections; or a product, of which all people are shut out. */
  filter: ManyFilter | { namespaceId: NamespaceId }
  total: number
}

/** Puts on record, in the caller's transaction, what is to be cut off. `carryOutOrder` does it after the commit. */
export async function insertOrder(ctx: CommandsContext, tx: Db, { actor, filter, ...order }: NewOrder) {
  const id = newId('bulkRevocation')
  const by = {
    person_id: actor.kind === 'person' ? actor.person.id : null,
    api_key_id: actor.kind === 'api_key' ? actor.id : null,
  }
  const row = { id, workspace_id: workspaceOf(actor), ...by, ...order, filter: JSON.stringify(filter) }
  await tx
    .insertInto('bulk_revocations')
    .values({ ...row, created_at: ctx.clock() })
    .execute()
  return id
}

/** Goes on with orders that were left unfinished: their process ended, or they are long. Safe on any number of machines. */
export async function carryOnOrders(ctx: CommandsContext): Promise<void> {
  const unfinished = await ctx.db
    .selectFrom('bulk_revocations')
    .select('id')
    .where('finished_at', 'is', null)
    .orderBy('created_at')
    .limit(20)
    .execute()
  for (const { id } of unfinished) await carryOutOrder(ctx, id)
}

/** Carries an order out in batches, each in one transaction, for five seconds; the rest is left to `carryOnOrders`. */
export async function carryOutOrder(ctx: CommandsContext, id: string): Promise<void> {
  const until = Date.now() + WORK_FOR_MS
  for (;;) {
    const batch = await ctx.db.transaction().execute((tx) => carryOutBatch(ctx, tx, id))
    if (!batch) return
    if (batch.total <= FEW) await Promise.all(batch.revocationIds.map((each) => attemptRevocations(ctx, each)))
    if (Date.now() > until) return
  }
}

type Order = Selectable<Tables['bulk_revocations']>

/** Undefined when nothing is left, or another process is at it. */
async function carryOutBatch(ctx: CommandsContext, tx: Db, id: string) {
  const order = await tx
    .selectFrom('bulk_revocations')
    .selectAll()
    .where('id', '=', id)
    .where('finished_at', 'is', null)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst()
  if (!order) return undefined
  const actor = await actorOfOrder(tx, order)
  const { done, revocationIds } =
    'namespaceId' in order.filter ? await shutOutNext(ctx, tx, actor, order) : await cutOffNext(ctx, tx, actor, order)
  await tx
    .updateTable('revocations')
    .set({ bulk_id: id })
    .where('id', 'in', ['', ...revocationIds])
    .execute()
  await tx
    .updateTable('bulk_revocations')
    .set((set) => ({
      done: set('done', '+', done.length),
      done_until: done.at(-1) ?? order.done_until,
      finished_at: done.length < BATCH ? ctx.clock() : null,
    }))
    .where('id', '=', id)
    .execute()
  return { total: order.total, revocationIds }
}

/** Whoever ordered it is on record for all of it, also when another process does the rest. */
async function actorOfOrder(tx: Db, order: Order): Promise<Actor> {
  if (order.person_id) return actorOf(await loadPerson(tx, order.workspace_id, order.person_id))
  const key = await tx
    .selectFrom('api_keys')
    .select(['id', 'name', 'namespace_id'])
    .where('id', '=', order.api_key_id)
    .executeTakeFirstOrThrow()
  const { id, name, namespace_id: namespaceId } = key
  return { kind: 'api_key', id, name, workspaceId: order.workspace_id, namespaceId, privileges: new Set() }
}

interface Batch {
  done: string[]
  revocationIds: string[]
}

async function cutOffNext(ctx: CommandsContext, tx: Db, actor: Actor, order: Order): Promise<Batch> {
  const { kind, workspace_id: workspaceId, done_until: doneUntil, created_at: createdAt } = order
  const filter = order.filter as ManyFilter
  const done = await nextMatching(tx, { workspaceId, filter, kind, doneUntil, createdAt, limit: BATCH })
  const revocationIds: string[] = []
  for (const id of done) {
    const connection = await loadConnection(tx, workspaceId, id)
    const { revocationId } = await (kind === 'delete' ? deleteChild : disconnect)(ctx, tx, actor, connection)
    if (revocationId) revocationIds.push(revocationId)
  }
  return { done, revocationIds }
}

async function shutOutNext(ctx: CommandsContext, tx: Db, actor: Actor, order: Order): Promise<Batch> {
  const { namespaceId } = order.filter as { namespaceId: NamespaceId }
  const product = { workspaceId: order.workspace_id, namespaceId }
  const done = await nextActivePeopleOf(tx, product, { after: order.done_until as PersonId, limit: BATCH })
  const ended = []
  for (const personId of done) ended.push(await shutOutIn(ctx, tx, actor, { personId, check() {} }))
  return { done, revocationIds: ended.flatMap(({ revocationIds }) => revocationIds) }
}

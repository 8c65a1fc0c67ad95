import { type SqlBool, sql } from 'kysely'
import { whatOpens } from '#connections/sealing/what-opens.ts'
import { newId, type SurfaceAppId, type WorkspaceId } from '#core/ids.ts'
import { inSpan } from '#core/trace.ts'
import type { JobsContext, Surface } from './context.ts'
import { HANDLE_EVENT } from './queue-names.ts'

/** What came in for an app, as its surface has verified it. */
export interface EventReceived {
  workspaceId: WorkspaceId
  appId: SurfaceAppId
  /** The vendor's own name for this delivery, the same when it is repeated. */
  deliveryKey: string
  /** Whose it is: what is of the same is handled one after the other, in its order. */
  sender: string
  body: unknown
  /** Whether it is handled by the queue, on whatever machine; otherwise by the caller, who must answer with what comes of it. */
  later: boolean
}

const place = (id: string): string => `surface_events/${id}/sealed_body`

/**
 * Writes down what came in, before it is acknowledged: whatever happens then, it is handled. False where the same was written down before,
 * and there is nothing to do but to acknowledge it again.
 */
export async function receiveEvent(ctx: JobsContext, event: EventReceived): Promise<boolean> {
  const id = newId('surfaceEvent')
  const key = await ctx.dataKeys.take(event.workspaceId, ctx.clock())
  const { rows } = await sql<{ id: string }>`
    with received as (
      insert into surface_events (id, workspace_id, app_id, delivery_key, sender, data_key_id, sealed_body)
      values (${id}, ${event.workspaceId}, ${event.appId}, ${event.deliveryKey}, ${event.sender}, ${key.id},
        ${event.later ? key.seal(place(id), event.body) : null})
      on conflict do nothing returning id
    )
    select id, case when ${event.later} then graphile_worker.add_job(${HANDLE_EVENT}, json_build_object('id', id),
      queue_name => ${`${event.appId}:${event.sender}`}, job_key => id, max_attempts => 6) end as rung
    from received`.execute(ctx.db)
  return rows.length > 0
}

/** What one sender may have handled in one go, while others wait for a worker. */
const IN_A_ROW = 20

/**
 * Has what came in handled by its surface, and then what came of the same sender meanwhile: the queue would begin each only at its next look,
 * a second later. What was handled before, or does not open any more, is left.
 */
export async function handleEvent(ctx: JobsContext, id: string): Promise<void> {
  const first = await events(ctx).where('surface_events.id', '=', id).executeTakeFirst()
  const surface = first && ctx.surfaces.get(first.surface)
  if (!surface) return
  await handle(ctx, surface, first)
  for (let following = 1; following < IN_A_ROW; following++) {
    const next = await findNext(ctx, first)
    if (!next) return
    try {
      await handle(ctx, surface, next)
    } catch {
      // Its own bell has it handled again, and tells of it, too.
      return
    }
    await sql`select graphile_worker.remove_job(${next.id})`.execute(ctx.db)
  }
}

const events = ({ db }: JobsContext) =>
  db
    .selectFrom('surface_events')
    .innerJoin('surface_apps', 'surface_apps.id', 'surface_events.app_id')
    .selectAll('surface_events')
    .select('surface')
    .where('sealed_body', 'is not', null)

type Event = Awaited<ReturnType<ReturnType<typeof events>['executeTakeFirstOrThrow']>>

/** What came after it of the same sender; not what came before: it may have failed for good, and must not be done hours later. */
async function findNext(ctx: JobsContext, { app_id, sender, id }: Event): Promise<Event | undefined> {
  if (sender === '') return undefined
  return events(ctx)
    .where('app_id', '=', app_id)
    .where('sender', '=', sender)
    .where(
      sql<SqlBool>`(received_at, surface_events.id) > (select received_at, id from surface_events where id = ${id})`,
    )
    .orderBy('received_at')
    .orderBy('surface_events.id')
    .limit(1)
    .executeTakeFirst()
}

async function handle(ctx: JobsContext, surface: Surface, event: Event): Promise<void> {
  const { id, sealed_body: sealed } = event
  if (!sealed) return
  const tell = (err: Error) => ctx.log.error({ err, event: id }, 'what came in does not open')
  const body = await whatOpens(async () => (await ctx.dataKeys.load(event.data_key_id)).open(place(id), sealed), tell)
  const received = { id, appId: event.app_id, deliveryKey: event.delivery_key, body, receivedAt: event.received_at }
  if (body !== undefined)
    await inSpan(ctx, { name: `surfaces/${surface.name}`, kind: 'server' }, () => surface.handle(received))
  await ctx.db.updateTable('surface_events').set({ sealed_body: null }).where('id', '=', id).execute()
}

/** When something last came in for an app; null where nothing did of late. */
export async function lastEventAt(ctx: JobsContext, appId: SurfaceAppId): Promise<Date | null> {
  const row = await ctx.db
    .selectFrom('surface_events')
    .select((row) => row.fn.max('received_at').as('at'))
    .where('app_id', '=', appId)
    .executeTakeFirst()
  return row?.at ?? null
}

/** Longer than any vendor repeats a delivery. */
const KEPT_MS = 2 * 24 * 60 * 60 * 1000

/** Forgets what came in days ago. */
export async function deleteOldEvents(ctx: JobsContext): Promise<void> {
  const before = new Date(ctx.clock().getTime() - KEPT_MS)
  await ctx.db.deleteFrom('surface_events').where('received_at', '<', before).execute()
}

import { sql } from 'kysely'
import { whatOpens } from '#connections/sealing/what-opens.ts'
import { newId, type SurfaceAppId, type WorkspaceId } from '#core/ids.ts'
import { inSpan } from '#core/trace.ts'
import type { JobsContext } from './context.ts'
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
      insert into surface_events (id, workspace_id, app_id, delivery_key, data_key_id, sealed_body)
      values (${id}, ${event.workspaceId}, ${event.appId}, ${event.deliveryKey}, ${key.id},
        ${event.later ? key.seal(place(id), event.body) : null})
      on conflict do nothing returning id
    )
    select id, case when ${event.later} then graphile_worker.add_job(${HANDLE_EVENT}, json_build_object('id', id),
      queue_name => ${`${event.appId}:${event.sender}`}, max_attempts => 6) end as rung from received`.execute(ctx.db)
  return rows.length > 0
}

/** Has what came in handled by its surface. What was handled before, or does not open any more, is left. */
export async function handleEvent(ctx: JobsContext, id: string): Promise<void> {
  const row = await ctx.db
    .selectFrom('surface_events')
    .innerJoin('surface_apps', 'surface_apps.id', 'surface_events.app_id')
    .selectAll('surface_events')
    .select('surface')
    .where('surface_events.id', '=', id)
    .executeTakeFirst()
  const surface = row && ctx.surfaces.get(row.surface)
  if (!surface || !row.sealed_body) return
  const sealed = row.sealed_body
  const tell = (err: Error) => ctx.log.error({ err, event: id }, 'what came in does not open')
  const body = await whatOpens(async () => (await ctx.dataKeys.load(row.data_key_id)).open(place(id), sealed), tell)
  const received = { id, appId: row.app_id, deliveryKey: row.delivery_key, body, receivedAt: row.received_at }
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

import { whatOpens } from '#connections/sealing/what-opens.ts'
import type { JobId, SurfaceAppId, WorkspaceId } from '#core/ids.ts'
import type { CommandsContext } from '../context.ts'

/** A message that stands on a surface. */
export interface StandingMessage {
  deliveryId: string
  workspaceId: WorkspaceId
  appId: SurfaceAppId
  jobId: JobId | null
  /** The `kind` of what was delivered. */
  kind: string
  /** Where it stands, as its surface finds it again; sealed. */
  place: Record<string, unknown>
}

const sealedPlace = (deliveryId: string): string => `surface_messages/${deliveryId}/sealed_place`

/** Notes where a message stands, so that it can be changed, and that its delivery is done; or where it stands now. */
export async function noteMessage(ctx: CommandsContext, message: StandingMessage): Promise<void> {
  const { deliveryId, place } = message
  const now = ctx.clock()
  const key = await ctx.dataKeys.take(message.workspaceId, now)
  const stands = { data_key_id: key.id, sealed_place: key.seal(sealedPlace(deliveryId), place) }
  await ctx.db
    .insertInto('surface_messages')
    .values({
      delivery_id: deliveryId,
      workspace_id: message.workspaceId,
      app_id: message.appId,
      job_id: message.jobId,
      kind: message.kind,
      delivered_at: now,
      ...stands,
    })
    .onConflict((conflict) => conflict.column('delivery_id').doUpdateSet(stands))
    .execute()
}

/** The message that a delivery became; undefined where it was not delivered yet, or does not open any more. */
export async function findMessage(ctx: CommandsContext, deliveryId: string): Promise<StandingMessage | undefined> {
  return (await find(ctx, 'delivery_id', deliveryId))[0]
}

/** The messages of a job that stand, the newest first. */
export function findMessagesOfJob(ctx: CommandsContext, jobId: JobId): Promise<StandingMessage[]> {
  return find(ctx, 'job_id', jobId)
}

/** Forgets where a message stands: it is gone, or shows something else for good. */
export async function forgetMessage(ctx: CommandsContext, deliveryId: string): Promise<void> {
  await ctx.db.deleteFrom('surface_messages').where('delivery_id', '=', deliveryId).execute()
}

async function find(ctx: CommandsContext, column: 'delivery_id' | 'job_id', id: string): Promise<StandingMessage[]> {
  const rows = await ctx.db
    .selectFrom('surface_messages')
    .selectAll()
    .where(column, '=', id as JobId)
    .orderBy('delivered_at', 'desc')
    .execute()
  const opened = await Promise.all(
    rows.map(async (row) => {
      const { delivery_id: deliveryId, workspace_id: workspaceId, app_id: appId, job_id: jobId, kind } = row
      const place = await whatOpens(async () =>
        (await ctx.dataKeys.load(row.data_key_id)).open<StandingMessage['place']>(
          sealedPlace(deliveryId),
          row.sealed_place,
        ),
      )
      return place && { deliveryId, workspaceId, appId, jobId, kind, place }
    }),
  )
  return opened.filter((message) => message !== undefined)
}

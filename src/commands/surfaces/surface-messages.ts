import { whatOpens } from '#connections/sealing/what-opens.ts'
import type { JobId, SurfaceAppId, WorkspaceId } from '#core/ids.ts'
import type { Delivery } from '#jobs/context.ts'
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

/** The prompts of a job that stand, the newest first. */
export async function findPrompts(ctx: CommandsContext, jobId: JobId | null): Promise<StandingMessage[]> {
  const messages = jobId === null ? [] : await find(ctx, 'job_id', jobId)
  return messages.filter(({ kind }) => kind === 'ask')
}

/** What a delivery takes the place of: a reply before it, or the prompt that its job waited for; undefined where nothing stands. */
export async function findReplaced(
  ctx: CommandsContext,
  { jobId, outgoing }: Pick<Delivery, 'jobId' | 'outgoing'>,
): Promise<StandingMessage | undefined> {
  if (outgoing.kind !== 'reply') return undefined
  return outgoing.replaces ? findMessage(ctx, outgoing.replaces) : (await findPrompts(ctx, jobId))[0]
}

/** Notes where a delivered message stands; what takes the place of the one it took the place of later, takes its place. */
export async function noteDelivery(
  ctx: CommandsContext,
  { id, workspaceId, jobId, outgoing }: Delivery,
  { appId, place }: Pick<StandingMessage, 'appId' | 'place'>,
): Promise<void> {
  const noted = { workspaceId, appId, jobId, kind: outgoing.kind, place }
  await noteMessage(ctx, { deliveryId: id, ...noted })
  const replaced = outgoing.kind === 'reply' ? outgoing.replaces : undefined
  if (replaced) await noteMessage(ctx, { deliveryId: replaced, ...noted })
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

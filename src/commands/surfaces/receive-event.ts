import type { SurfaceAppId } from '#core/ids.ts'
import type { EventReceived } from '#jobs/surface-events.ts'
import { lastEventAt as last, receiveEvent as receive } from '#jobs/surface-events.ts'
import type { CommandsContext } from '../context.ts'

/**
 * Writes down what came in, before it is acknowledged: `later`, and the surface's `handle` gets it on whatever machine, once more when that
 * fails; otherwise the caller handles it, and answers with what comes of it. False for a repetition, which needs nothing more than to be
 * acknowledged.
 */
export const receiveEvent = (ctx: CommandsContext, event: EventReceived): Promise<boolean> => receive(ctx, event)

/** When something last came in for an app; null where nothing did for two days. */
export const lastEventAt = (ctx: CommandsContext, { id }: { id: SurfaceAppId }): Promise<Date | null> => last(ctx, id)

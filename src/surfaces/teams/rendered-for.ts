import type { CommandsContext } from '#commands/context.ts'
import type { JobId } from '#core/ids.ts'
import type { SurfaceApp } from '#core/surface-app.ts'
import type { RenderedOn } from './cards/message-card.ts'
import { environmentOf } from './environment.ts'

/** How cards are rendered for an app: all of a message can be read on its job's page, else in the portal. */
export function renderedFor(ctx: CommandsContext, app: SurfaceApp, jobId: JobId | null = null): RenderedOn {
  const restUrl = new URL(jobId === null ? '/chat' : `/jobs/${jobId}`, ctx.publicUrl).href
  return { restUrl, hasDialogs: !environmentOf(app, ctx.publicUrl).isPlayground }
}

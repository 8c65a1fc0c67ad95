import { UserError } from '#core/errors.ts'
import type { SetUpCheck, SetUpFile } from '#jobs/context.ts'
import type { Actor } from '#people/actor.ts'
import type { CommandsContext } from '../context.ts'
import { viewSurface } from './surface-apps.ts'

export type { SetUpCheck, SetUpFile }

/** Tries what is saved for a surface, each thing that must work in its turn. Refuses `surface_not_set_up` while nothing is. */
export async function checkSurface(ctx: CommandsContext, actor: Actor, name: string): Promise<SetUpCheck[]> {
  const { surface, app } = await viewSurface(ctx, actor, name)
  if (app) return surface.setUp.check(app)
  throw new UserError('surface_not_set_up', `${surface.label} is not set up yet. Save its settings, then check them.`, {
    status: 409,
  })
}

/** One of the files to hand to a surface's vendor, as it is now; `surface_file_not_found` for any other name. */
export async function viewSurfaceFile(
  ctx: CommandsContext,
  actor: Actor,
  { surface: surfaceName, file }: { surface: string; file: string },
): Promise<SetUpFile> {
  const { surface, app } = await viewSurface(ctx, actor, surfaceName)
  const found = surface.setUp.files(app, ctx.publicUrl).find(({ name }) => name === file)
  if (found) return found
  throw new UserError('surface_file_not_found', `${surface.label} has no such file. Look at its page again.`, {
    status: 404,
  })
}

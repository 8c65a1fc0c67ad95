import type { CommandsContext } from '#commands/context.ts'
import { lastEventAt } from '#commands/surfaces/receive-event.ts'
import { OutsideError, UserError } from '#core/errors.ts'
import type { SurfaceApp } from '#core/surface-app.ts'
import type { SetUpCheck } from '../surface.ts'
import { environmentOf } from './environment.ts'
import { readPublishedKeys } from './published-keys.ts'
import { requestToken } from './teams-client.ts'

/** Tries what is saved: where it is allowed to be, the app's own token, Microsoft's keys, and whether anything came. */
export async function check(ctx: CommandsContext, app: SurfaceApp): Promise<SetUpCheck[]> {
  const address = await attempt('Addresses', async () => {
    const { isPlayground } = environmentOf(app, ctx.publicUrl)
    return isPlayground ? 'The playground on this machine; what it sends is not signed.' : 'Microsoft’s own.'
  })
  if (!address.isGood) return [address]
  const reach = await checkReach(ctx, app)
  if (app.settings.mode === 'playground') return [address, reach]
  const token = await attempt('The app’s secret', async () => {
    await requestToken(ctx, app)
    return 'Entra gave the app a token.'
  })
  const keys = await attempt('Microsoft’s keys', async () => {
    await readPublishedKeys(ctx, environmentOf(app, ctx.publicUrl).openIdMetadata, undefined)
    return 'They could be read, so requests can be verified.'
  })
  return [address, token, keys, reach]
}

/** Whether what people say gets here. */
async function checkReach(ctx: CommandsContext, app: SurfaceApp): Promise<SetUpCheck> {
  const what = 'Teams reaches this server'
  const at = await lastEventAt(ctx, app)
  return at
    ? { what, isGood: true, text: `It last did at ${at.toISOString().slice(0, 19).replace('T', ' ')} UTC.` }
    : { what, isGood: false, text: 'Nothing has come yet. Open the app in Teams and say “help”, then check again.' }
}

async function attempt(what: string, run: () => Promise<string>): Promise<SetUpCheck> {
  try {
    return { what, isGood: true, text: await run() }
  } catch (error) {
    if (error instanceof OutsideError || error instanceof UserError) return { what, isGood: false, text: error.message }
    throw error
  }
}

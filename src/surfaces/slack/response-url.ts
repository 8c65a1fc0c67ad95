import type { CommandsContext } from '#commands/context.ts'
import { OutsideError } from '#core/errors.ts'
import type { SurfaceApp } from '#core/surface-app.ts'

/** How long Slack takes answers at a response URL, and a little less. */
export const RESPONSE_URL_MS = 29 * 60 * 1000

/** Answers at a response URL. False where Slack takes nothing there any more, or it is none of Slack's. */
export async function postToUrl(
  { egress }: CommandsContext,
  app: SurfaceApp,
  text: string,
  body: Record<string, unknown>,
): Promise<boolean> {
  const url = new URL(text)
  if (!isOfSlack(app, url)) return false
  const headers = { 'content-type': 'application/json; charset=utf-8' }
  try {
    const { status } = await egress({ method: 'POST', url, headers, body: JSON.stringify(body), timeoutMs: 10_000 })
    return status === 200
  } catch (error) {
    // What was not answered there is said another way.
    if (error instanceof OutsideError) return false
    throw error
  }
}

/** why: what comes signed is believed, but what is private is sent to Slack's own addresses alone. */
function isOfSlack({ settings }: SurfaceApp, url: URL): boolean {
  const host = new URL(settings.host ?? '')
  const ofSlack = host.hostname === 'slack.com' || host.hostname === 'slack-gov.com'
  return ofSlack
    ? url.protocol === 'https:' && url.hostname === `hooks.${host.hostname}`
    : url.hostname === host.hostname
}

import type { z } from 'zod'
import type { Surface } from '#api/surfaces-contract.ts'
import { TEAM_COOKIE } from '../../test/support/slack/oauth.ts'
import { TEAM } from '../slack/team.ts'
import type { BehalfSession } from './behalf-session.ts'
import { DANA } from './people.ts'
import type { Town } from './start-town.ts'

/**
 * Sets Slack up as an administrator does: saves what the app's pages at Slack say, gives the app its redirect addresses, and installs it by
 * Slack's own pages. Anew at every start, because the emulated Slack remembers nothing.
 */
export async function installSlack(
  dana: BehalfSession,
  { slack, behalf }: Pick<Town, 'slack' | 'behalf'>,
): Promise<void> {
  const { app_id, client_id, client_secret, signing_secret } = slack.app
  const { sign_in } = await dana.api<z.infer<typeof Surface>>('PUT', '/surfaces/slack', {
    settings: { app_id, client_id, host: slack.url },
    secrets: { client_secret, signing_secret },
  })
  if (sign_in) slack.addRedirectUri(sign_in.redirect_uri)
  slack.addRedirectUri(`${behalf.url}/surfaces/slack/callback`)
  dana.browser.jar.set(slack.url, TEAM_COOKIE, TEAM.id)
  const page = await dana.browser.open(`${behalf.url}/surfaces/slack/install`)
  const back = await page.click(DANA.key)
  if (!new URL(back.url).searchParams.has('installed')) throw new Error(`Slack was not installed: ${back.url}`)
}

import { type Slack, startSlack } from '../../test/support/slack/driver.ts'
import { slackPages } from './page/routes.ts'
import { TEAM } from './team.ts'

/**
 * Starts an emulated Slack with the people of the town, and a page on which to be one of them. What is said there is forgotten when it
 * stops, and the app is installed anew at each start.
 */
export async function startTownSlack({ port, behalf }: { port: number; behalf: string }): Promise<Slack> {
  const slack = await startSlack({ teams: [TEAM], port, requestUrl: `${behalf}/surfaces/slack/events` })
  slack.showPages(slackPages(slack))
  return slack
}

import type { Slack } from './driver.ts'
import { found } from './found.ts'
import { mintTrigger } from './methods.ts'
import type { SlackTeam } from './team.ts'
import type { UserWanted } from './world.ts'

/** Somebody in a team of Slack, as whom things are done there. */
export interface Seat {
  slack: Slack
  team: SlackTeam
  user: UserWanted
}

export function takeSeat(slack: Slack, team: SlackTeam, name: string): Seat {
  return { slack, team, user: found(team.users, (each) => each.name === name, name) }
}

/** Their direct message with the bot. */
export async function openDirect({ slack, team, user }: Seat): Promise<string> {
  const { channel } = await team.ask(team.botUserId, 'conversations.open', { users: user.id })
  slack.state.directMessages.set(channel.id, team.id)
  return channel.id
}

/** A channel by its name or id. */
export const idOfChannel = ({ team }: Seat, channel: string): string =>
  team.channels.find(({ name }) => name === channel)?.id ?? channel

export const nameOfChannel = ({ team }: Seat, channel: string): string =>
  team.channels.find(({ id }) => id === channel)?.name ?? 'directmessage'

/** What every interaction says of who does it, and where. */
export function interaction({ slack, team, user }: Seat): object {
  const { id, name, homeTeam } = user
  return {
    user: { id, username: name, name, team_id: homeTeam ?? team.id },
    team: { id: team.id, domain: team.domain },
    api_app_id: slack.app.app_id,
    ...(team.enterprise && { enterprise: team.enterprise, is_enterprise_install: isOrgWide({ slack, team, user }) }),
  }
}

/** Whether the app is installed in all of the team's enterprise at once. */
export const isOrgWide = ({ slack, team }: Seat): boolean => slack.state.orgWide.has(team.enterprise?.id ?? '')

export const triggerOf = ({ slack, team, user }: Seat): string => mintTrigger(slack.state, team, user.id)

import type { RequestListener } from 'node:http'
import { type AuthorizationServer, openAuthorizationServer } from '../authorization-server.ts'
import type { SlackTeam } from './team.ts'
import { APP, type UserWanted } from './world.ts'

const CLAIMS = ['team_id', 'user_id', 'enterprise_id'].map((name) => `https://slack.com/${name}`)

/** The account of a user at Sign in with Slack, as `ACCOUNT_COOKIE` names it. */
export const accountOf = (team: string, user: string): string => `${team}/${user}`

/** Sign in with Slack: an OpenID provider whose tokens name team and user as Slack's do. */
export function openSignIn(
  url: string,
  teams: SlackTeam[],
): Pick<AuthorizationServer, 'addRedirectUri'> & {
  answer: RequestListener
} {
  const { client_id, client_secret } = APP
  const { controls, answer } = openAuthorizationServer(url, {
    client: { client_id, client_secret },
    openidClaims: CLAIMS,
  })
  for (const team of teams)
    for (const user of team.users) controls.setClaims(accountOf(team.id, user.id), claimsOf(team, user))
  return { addRedirectUri: controls.addRedirectUri, answer }
}

function claimsOf({ id: team, enterprise }: SlackTeam, { id, realName, email, emailConfirmed, homeTeam }: UserWanted) {
  return {
    sub: id,
    name: realName,
    'https://slack.com/team_id': homeTeam ?? team,
    ...(enterprise && { 'https://slack.com/enterprise_id': enterprise.id }),
    'https://slack.com/user_id': id,
    ...(email && { email, email_verified: emailConfirmed ?? false }),
  }
}

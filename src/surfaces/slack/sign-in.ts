import type { SurfaceSignIn } from '../surface.ts'

/** Sign in with Slack, by the app's own client. In an enterprise a person is one in all its workspaces. */
export const signIn: SurfaceSignIn = {
  label: 'Slack',
  clientOf({ settings: { host = '', client_id: clientId = '' } }) {
    return clientId === '' ? null : { issuer: new URL(host).origin, clientId, secret: 'client_secret' }
  },
  accountOf(claims) {
    const [team, enterprise, user] = ['team_id', 'enterprise_id', 'user_id'].map((name) => textIn(claims, name))
    const tenant = enterprise ?? team
    if (!tenant || !user) return null
    return { tenant, user, installedIn: [enterprise, team].filter((id) => id !== null && id !== undefined) }
  },
}

function textIn(claims: Record<string, unknown>, name: string): string | null {
  const value = claims[`https://slack.com/${name}`]
  return typeof value === 'string' && value !== '' ? value : null
}

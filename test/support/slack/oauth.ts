import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Installed, SlackState } from './state.ts'
import type { Json } from './team.ts'
import { APP } from './world.ts'

/** The cookie in which a test's browser says in which team it is signed in: its id, or the enterprise's for an org-wide install. */
export const TEAM_COOKIE = 'slack_team'

/** The pages of an install are the emulator's of the team where the browser is signed in. */
export async function answerPage(state: SlackState, request: IncomingMessage, response: ServerResponse, body: string) {
  const where = new RegExp(`${TEAM_COOKIE}=([^;]+)`).exec(request.headers.cookie ?? '')?.[1]
  const team = state.teams.find(({ id, enterprise }) => id === where || enterprise?.id === where) ?? state.teams[0]
  const headers = { 'content-type': request.headers['content-type'] ?? 'text/html' }
  const init = { method: request.method ?? 'GET', headers, redirect: 'manual', ...(body && { body }) } as const
  const answer = await fetch(`${team?.url}${request.url}`, init)
  const location = answer.headers.get('location')
  const code = location && new URL(location).searchParams.get('code')
  if (code) state.codes.set(code, where ?? team?.id ?? '')
  response.writeHead(answer.status, {
    'content-type': answer.headers.get('content-type') ?? 'text/html',
    ...(location && { location }),
  })
  response.end(await answer.text())
}

/** The emulator of the team checks code, client and redirect URI; the token is ours, and may stand for every team of an enterprise. */
export async function exchangeCode(state: SlackState, args: Json, request: IncomingMessage): Promise<Json> {
  const where = state.codes.get(args.code)
  const team = state.teams.find(({ id, enterprise }) => id === where || enterprise?.id === where) ?? state.teams[0]
  const { authorization } = request.headers
  const headers = { 'content-type': 'application/json', ...(authorization && { authorization }) }
  const answered = await fetch(`${team?.url}/api/oauth.v2.access`, {
    method: 'POST',
    headers,
    body: JSON.stringify(args),
  })
  const answer = (await answered.json()) as Json
  if (!answer.ok || !team || where === undefined) return answer
  const isOrgWide = where === team.enterprise?.id
  return {
    ...answer,
    access_token: mintToken(state, where),
    bot_user_id: team.botUserId,
    app_id: APP.app_id,
    team: isOrgWide ? null : { id: team.id, name: team.name },
    enterprise: team.enterprise ?? null,
    is_enterprise_install: isOrgWide,
    authed_user: { id: team.users[0]?.id },
  }
}

/** A bot token that lives, of one team or of every team of an enterprise. */
export function mintToken(state: SlackState, id: string): string {
  const teams = state.teams.filter((team) => team.id === id || team.enterprise?.id === id)
  const token = `xoxb-${randomUUID()}`
  const installed: Installed = { teams, enterprise: teams[0]?.enterprise ?? null, dead: null }
  state.tokens.set(token, installed)
  if (installed.enterprise?.id === id) state.orgWide.add(id)
  return token
}

import { randomUUID } from 'node:crypto'
import { type Answered, type Application, type AskAs, jsonAnswer, PEOPLE, TOKENS } from './application.ts'
import type { Issued } from './issued.ts'

/**
 * `emulate` has neither `auth.revoke` nor token rotation, and knows a channel by its name without `#`. Rotation is played at the door: there a
 * person's token runs out and is refreshed, once for each refresh token, and stands for the emulator's own.
 */
export function slack(): Application {
  /** The emulator's own token, by each that stands for it. */
  const own = new Map<string, string>()
  return {
    seed,
    tokenPath: '/api/oauth.v2.access',
    revokePath: null,
    unauthorized: jsonAnswer({ ok: false, error: 'token_expired' }),
    async answer(asked, { issued, forward }) {
      const { path, token, headers, body } = asked
      const refresh_token = new URLSearchParams(body).get('refresh_token')
      if (path === '/api/oauth.v2.access' && refresh_token) return refresh(own, issued, refresh_token)
      if (path === '/api/oauth.v2.access') return rotating(own, issued, await forward(asked))
      const real = issued.opens(token) && own.get(token ?? '')
      if (!real || !token) return undefined
      if (path === '/api/auth.revoke') {
        issued.end(token)
        return jsonAnswer({ ok: true, revoked: true })
      }
      const authorization = `Bearer ${real}`
      return forward({
        ...asked,
        headers: { ...headers, authorization },
        body: body.replace('channel=%23', 'channel='),
      })
    },
    records,
  }
}

const seed: Application['seed'] = (client) => ({
  tokens: { [TOKENS.alice]: { login: 'alice' } },
  slack: {
    team: { name: 'Acme', domain: 'acme' },
    users: PEOPLE.map(({ login, name, email }) => ({ name: login, real_name: name, email })),
    channels: [{ name: 'sales', topic: 'Selling' }],
    oauth_apps: [client],
  },
})

async function records(ask: AskAs) {
  const as = (method: string, body = '') =>
    ask(TOKENS.alice, `/api/${method}`, { body, type: 'application/x-www-form-urlencoded' })
  const channels: { id: string; name: string }[] = (await as('conversations.list')).channels
  const members: { id: string; name: string }[] = (await as('users.list')).members
  const sales = channels.find(({ name }) => name === 'sales')?.id
  const { messages } = await as('conversations.history', `channel=${sales}`)
  return messages.map(({ text, user }: { text: string; user: string }) => ({
    title: text,
    owner: members.find(({ id }) => id === user)?.name ?? '',
  }))
}

/** The answer to a code, the person's token in it replaced by one that runs out. */
function rotating(own: Map<string, string>, issued: Issued, answered: Answered): Answered {
  const body = JSON.parse(answered.body)
  if (!body.authed_user?.access_token) return answered
  const tokens = standIn(own, issued, body.authed_user.access_token, null)
  return jsonAnswer({ ...body, authed_user: { ...body.authed_user, ...tokens } })
}

function refresh(own: Map<string, string>, issued: Issued, refresh_token: string): Answered {
  const real = issued.renews(refresh_token) && own.get(refresh_token)
  if (!real) return jsonAnswer({ ok: false, error: 'invalid_refresh_token' })
  return jsonAnswer({ ok: true, app_id: 'A1', team: { id: 'T1' }, ...standIn(own, issued, real, refresh_token) })
}

function standIn(own: Map<string, string>, issued: Issued, real: string, from: string | null) {
  const access_token = `xoxe.xoxp-${randomUUID()}`
  const refresh_token = `xoxe-${randomUUID()}`
  own.set(access_token, real).set(refresh_token, real)
  issued.add({ access: access_token, refresh: refresh_token }, from)
  return { access_token, refresh_token, expires_in: 43_200, token_type: 'user' }
}

import { randomUUID } from 'node:crypto'
import type { SeedConfig } from 'emulate'
import type { Grant } from './emulated.ts'

export type EmulatedName = 'github' | 'google' | 'linear' | 'microsoft' | 'slack'

export interface Asked {
  method: string
  /** With its query. */
  path: string
  headers: Record<string, string>
  body: string
  /** The access token that was sent. */
  token: string | null
}

export interface Answered {
  status: number
  headers: Record<string, string>
  body: string
}

type AskAs = (token: string, path: string, init?: { method?: string; body?: string; type?: string }) => Promise<unknown>

interface Inside {
  forward(asked: Asked): Promise<Answered>
  kill(token: string): void
  door: { grants: Grant[]; refreshes: number }
}

interface Service {
  seed(client: object): SeedConfig
  /** What the vendor's path is called at the emulator. */
  rewrite?(path: string): string
  tokenPath: string
  revokePath: string | null
  /** The part of a token response that holds the tokens. */
  tokensIn(json: { authed_user?: object }): unknown
  /** What a dead token is answered. */
  unauthorized: Answered
  /** What the emulator has not, answered as the vendor documents it. */
  answer?(asked: Asked, inside: Inside): Promise<Answered | undefined>
  records(ask: AskAs): Promise<{ title: string; owner: string }[]>
}

/** Tokens with which a test asks the application what its people see. */
export const TOKENS = { alice: 'the-token-alice-has-in-tests', bob: 'the-token-bob-has-in-tests' }

const PEOPLE = [
  { login: 'alice', name: 'Alice Ng', email: 'alice@acme.test' },
  { login: 'bob', name: 'Bob Ortiz', email: 'bob@acme.test' },
]
const EMAILS = { [TOKENS.alice]: { login: 'alice@acme.test' }, [TOKENS.bob]: { login: 'bob@acme.test' } }

const json = (body: unknown, status = 200): Answered => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

// biome-ignore lint/suspicious/noExplicitAny: what the emulators answer is read field by field
type Read = any

/** At GitHub `emulate` has no revocation of a grant. */
const github: Service = {
  seed: (client) => ({
    tokens: { [TOKENS.alice]: { login: 'alice' }, [TOKENS.bob]: { login: 'bob' } },
    github: {
      users: PEOPLE,
      orgs: [{ login: 'acme', members: PEOPLE.map(({ login }) => ({ login, role: 'admin' })) }],
      repos: [{ owner: 'acme', name: 'website', auto_init: true }],
      oauth_apps: [client],
    },
  }),
  tokenPath: '/login/oauth/access_token',
  revokePath: null,
  tokensIn: (json) => json,
  unauthorized: json({ message: 'Bad credentials' }, 401),
  async answer({ method, path, body, headers }, { kill }) {
    if (method !== 'DELETE' || !/^\/applications\/behalf\/grant$/.test(path)) return undefined
    if (!headers.authorization?.startsWith('Basic ')) return json({ message: 'Not Found' }, 404)
    kill(JSON.parse(body).access_token)
    return { status: 204, headers: {}, body: '' }
  },
  async records(ask) {
    const issues = (await ask(TOKENS.alice, '/repos/acme/website/issues')) as Read
    return issues.map((issue: Read) => ({ title: issue.title, owner: issue.user.login }))
  },
}

/** Google's hosts at one address. `emulate` calls three paths otherwise, and has no Sheets. */
const google: Service = {
  seed: (client) => ({
    tokens: EMAILS,
    google: {
      users: PEOPLE,
      oauth_clients: [client],
      calendars: PEOPLE.map(({ email }) => ({ id: 'primary', user_email: email, summary: email, primary: true })),
    },
  }),
  rewrite: (path) =>
    path.replace(/^\/(token|revoke)$/, '/oauth2/$1').replace(/^\/v1\/userinfo$/, '/oauth2/v2/userinfo'),
  tokenPath: '/token',
  revokePath: '/revoke',
  tokensIn: (json) => json,
  unauthorized: json({ error: { code: 401, message: 'Invalid Credentials', status: 'UNAUTHENTICATED' } }, 401),
  async records(ask) {
    const sent = []
    for (const [owner, token] of Object.entries(TOKENS)) {
      const { messages = [] } = (await ask(token, '/gmail/v1/users/me/messages?labelIds=SENT')) as Read
      for (const { id } of messages) {
        const { payload } = (await ask(token, `/gmail/v1/users/me/messages/${id}`)) as Read
        const subject = payload.headers.find((header: Read) => header.name === 'Subject')?.value
        sent.push({ title: decodedWord(subject), owner })
      }
    }
    return sent
  },
}

/** `=?UTF-8?B?SGVsbG8=?=` */
const decodedWord = (word: string): string => Buffer.from(word.split('?')[3] ?? '', 'base64').toString()

/** `emulate` has no `containsIgnoreCase`, and answers with 400 what Linear answers with 200 or 400. */
const linear: Service = {
  seed: (client) => ({
    tokens: EMAILS,
    linear: {
      organization: { name: 'Acme', url_key: 'acme' },
      users: PEOPLE.map(({ email, name }) => ({ email, name })),
      teams: [{ key: 'ENG', name: 'Engineering' }],
      oauth_apps: [{ ...client, scopes: ['read', 'issues:create', 'comments:create'], actor: 'user' }],
      tokens: Object.entries(EMAILS).map(([token, { login }]) => ({ token, user: login, scopes: ['read', 'write'] })),
    },
  }),
  tokenPath: '/oauth/token',
  revokePath: '/oauth/revoke',
  tokensIn: (json) => json,
  unauthorized: json(
    { errors: [{ message: 'Authentication required', extensions: { code: 'AUTHENTICATION_ERROR' } }] },
    400,
  ),
  async answer(asked, { forward, door }) {
    const isLive = door.grants.some(({ access }) => access === asked.token)
    if (!isLive || !asked.body.includes('containsIgnoreCase')) return undefined
    return forward({ ...asked, body: asked.body.replace('containsIgnoreCase', 'contains') })
  },
  async records(ask) {
    const body = JSON.stringify({ query: '{ issues(first: 50) { nodes { title creator { email } } } }' })
    const { data } = (await ask(TOKENS.alice, '/graphql', { method: 'POST', body })) as Read
    const made = data.issues.nodes.filter(({ creator }: Read) => PEOPLE.some(({ email }) => email === creator?.email))
    return made.map((issue: Read) => ({ title: issue.title, owner: issue.creator.email.split('@')[0] }))
  },
}

/** Entra and Graph at one address. Of Graph `emulate` has `/me` alone; mail that was sent is kept at the door, with whose token sent it. */
function microsoft(): Service {
  const sent: { title: string; owner: string }[] = []
  return {
    seed: (client) => ({ tokens: EMAILS, microsoft: { users: PEOPLE, oauth_clients: [client] } }),
    rewrite: (path) => path.replace(/^\/organizations\//, '/'),
    tokenPath: '/organizations/oauth2/v2.0/token',
    revokePath: null,
    tokensIn: (json) => json,
    unauthorized: json({ error: { code: 'InvalidAuthenticationToken', message: 'Lifetime validation failed.' } }, 401),
    async answer(asked, { forward, door }) {
      if (asked.path !== '/v1.0/me/sendMail' || !door.grants.some(({ access }) => access === asked.token))
        return undefined
      const me = await forward({ ...asked, method: 'GET', path: '/v1.0/me', body: '' })
      const { message } = JSON.parse(asked.body)
      sent.push({ title: message.subject, owner: JSON.parse(me.body).userPrincipalName.split('@')[0] })
      return { status: 202, headers: {}, body: '' }
    },
    records: async () => sent,
  }
}

/**
 * `emulate` has neither `auth.revoke` nor token rotation, and knows a channel by its name without `#`. Rotation is played at the door: the person's token runs out and is refreshed, once for
 * each refresh token, and stands for the emulator's own.
 */
function slack(): Service {
  const own = new Map<string, string>()
  const rotated = (real: string) => {
    const access_token = `xoxe.xoxp-${randomUUID()}`
    own.set(access_token, real)
    const refresh_token = `xoxe-${randomUUID()}`
    own.set(refresh_token, real)
    return { access_token, refresh_token, expires_in: 43_200, token_type: 'user' }
  }
  const refresh = (refresh_token: string, { door, kill }: Inside): Answered => {
    const real = door.grants.some((grant) => grant.refresh === refresh_token) && own.get(refresh_token)
    if (!real) return json({ ok: false, error: 'invalid_refresh_token' })
    const tokens = rotated(real)
    kill(refresh_token)
    door.grants.push({ access: tokens.access_token, refresh: tokens.refresh_token })
    door.refreshes += 1
    return json({ ok: true, app_id: 'A1', team: { id: 'T1' }, ...tokens })
  }
  return {
    seed: (client) => ({
      tokens: { [TOKENS.alice]: { login: 'alice' } },
      slack: {
        team: { name: 'Acme', domain: 'acme' },
        users: PEOPLE.map(({ login, name, email }) => ({ name: login, real_name: name, email })),
        channels: [{ name: 'sales', topic: 'Selling' }],
        oauth_apps: [client],
      },
    }),
    tokenPath: '/api/oauth.v2.access',
    revokePath: null,
    tokensIn: (json) => json.authed_user ?? {},
    unauthorized: json({ ok: false, error: 'token_expired' }),
    async answer(asked, inside) {
      const { path, token, body } = asked
      const form = new URLSearchParams(body)
      const real = own.get(token ?? '')
      const isLive = inside.door.grants.some(({ access }) => access === token)
      if (path === '/api/oauth.v2.access' && form.has('refresh_token'))
        return refresh(form.get('refresh_token') ?? '', inside)
      if (path === '/api/oauth.v2.access') return rotating(await inside.forward(asked), rotated, inside.door.grants)
      if (!isLive || !real) return undefined
      const headers = { ...asked.headers, authorization: `Bearer ${real}` }
      if (path !== '/api/auth.revoke')
        return inside.forward({ ...asked, headers, body: body.replace('channel=%23', 'channel=') })
      inside.kill(token as string)
      return json({ ok: true, revoked: true })
    },
    async records(ask) {
      const form = { method: 'POST', type: 'application/x-www-form-urlencoded' }
      const { channels } = (await ask(TOKENS.alice, '/api/conversations.list', form)) as Read
      const { members } = (await ask(TOKENS.alice, '/api/users.list', form)) as Read
      const channel = channels.find((each: Read) => each.name === 'sales').id
      const { messages } = (await ask(TOKENS.alice, '/api/conversations.history', {
        ...form,
        body: `channel=${channel}`,
      })) as Read
      const nameOf = (id: string) => members.find((member: Read) => member.id === id)?.name
      return messages.map((message: Read) => ({ title: message.text, owner: nameOf(message.user) }))
    },
  }
}

/** The answer to a code with the person's token replaced by one that runs out. */
function rotating(
  answered: Answered,
  rotated: (real: string) => { access_token: string; refresh_token: string },
  grants: Grant[],
): Answered {
  const body = JSON.parse(answered.body)
  if (!body.authed_user?.access_token) return answered
  const tokens = rotated(body.authed_user.access_token)
  grants.push({ access: tokens.access_token, refresh: tokens.refresh_token })
  return json({ ...body, authed_user: { ...body.authed_user, ...tokens } })
}

export const SERVICES: Record<EmulatedName, Service> = {
  github,
  google,
  linear,
  get microsoft() {
    return microsoft()
  },
  get slack() {
    return slack()
  },
}

import { type Application, jsonAnswer, PEOPLE, TOKENS } from './application.ts'

/** `emulate` cannot end a grant here. */
export const github = (): Application => ({
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
  unauthorized: jsonAnswer({ message: 'Bad credentials' }, 401),
  async answer({ method, path, body, headers }, { issued }) {
    if (method !== 'DELETE' || path !== '/applications/behalf/grant') return undefined
    if (!headers.authorization?.startsWith('Basic ')) return jsonAnswer({ message: 'Not Found' }, 404)
    issued.end(JSON.parse(body).access_token)
    return { status: 204, headers: {}, body: '' }
  },
  async records(ask) {
    const issues: { title: string; user: { login: string } }[] = await ask(TOKENS.alice, '/repos/acme/website/issues')
    return issues.map(({ title, user }) => ({ title, owner: user.login }))
  },
})

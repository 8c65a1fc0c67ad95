import { type Application, BY_EMAIL, jsonAnswer, loginOf, PEOPLE, TOKENS } from './application.ts'

/** `emulate` has no `containsIgnoreCase`, and issues of its own, which nobody here made. */
export const linear = (): Application => ({
  seed: (client) => ({
    tokens: BY_EMAIL,
    linear: {
      organization: { name: 'Acme', url_key: 'acme' },
      users: PEOPLE.map(({ email, name }) => ({ email, name })),
      teams: [{ key: 'ENG', name: 'Engineering' }],
      oauth_apps: [{ ...client, scopes: ['read', 'issues:create', 'comments:create'], actor: 'user' }],
      tokens: Object.entries(BY_EMAIL).map(([token, { login }]) => ({ token, user: login, scopes: ['read', 'write'] })),
    },
  }),
  tokenPath: '/oauth/token',
  revokePath: '/oauth/revoke',
  // Linear refuses a token with 400, inside the answer.
  unauthorized: jsonAnswer(
    { errors: [{ message: 'Authentication required', extensions: { code: 'AUTHENTICATION_ERROR' } }] },
    400,
  ),
  async answer(asked, { issued, forward }) {
    if (!issued.opens(asked.token) || !asked.body.includes('containsIgnoreCase')) return undefined
    return forward({ ...asked, body: asked.body.replace('containsIgnoreCase', 'contains') })
  },
  async records(ask) {
    const body = JSON.stringify({ query: '{ issues(first: 50) { nodes { title creator { email } } } }' })
    const { data } = await ask(TOKENS.alice, '/graphql', { body })
    const issues: { title: string; creator: { email: string } | null }[] = data.issues.nodes
    return issues
      .map(({ title, creator }) => ({ title, owner: loginOf(creator?.email ?? '') }))
      .filter(({ owner }) => PEOPLE.some(({ login }) => login === owner))
  },
})

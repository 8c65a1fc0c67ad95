import { type Application, BY_EMAIL, jsonAnswer, type Made, PEOPLE, TOKENS } from './application.ts'

/** Google's hosts at one address. `emulate` calls three paths otherwise, and has no Sheets. */
export const google = (): Application => ({
  seed: (client) => ({
    tokens: BY_EMAIL,
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
  unauthorized: jsonAnswer({ error: { code: 401, message: 'Invalid Credentials', status: 'UNAUTHENTICATED' } }, 401),
  async records(ask) {
    const sent: Made[] = []
    for (const [owner, token] of Object.entries(TOKENS)) {
      const { messages = [] } = await ask(token, '/gmail/v1/users/me/messages?labelIds=SENT')
      for (const { id } of messages) {
        const { payload } = await ask(token, `/gmail/v1/users/me/messages/${id}`)
        const headers: { name: string; value: string }[] = payload.headers
        sent.push({ title: decodedWord(headers.find(({ name }) => name === 'Subject')?.value ?? ''), owner })
      }
    }
    return sent
  },
})

/** `=?UTF-8?B?SGVsbG8=?=` */
const decodedWord = (word: string): string => Buffer.from(word.split('?')[3] ?? '', 'base64').toString()

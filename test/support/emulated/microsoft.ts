import { type Application, BY_EMAIL, jsonAnswer, loginOf, type Made, PEOPLE } from './application.ts'

/** Entra and Graph at one address. Of Graph `emulate` has `/me` alone: mail is kept at the door, with whose token sent it. */
export function microsoft(): Application {
  const sent: Made[] = []
  return {
    seed: (client) => ({ tokens: BY_EMAIL, microsoft: { users: PEOPLE, oauth_clients: [client] } }),
    rewrite: (path) => path.replace(/^\/organizations\//, '/'),
    tokenPath: '/organizations/oauth2/v2.0/token',
    revokePath: null,
    unauthorized: jsonAnswer(
      { error: { code: 'InvalidAuthenticationToken', message: 'Lifetime validation failed.' } },
      401,
    ),
    async answer(asked, { issued, forward }) {
      if (asked.path !== '/v1.0/me/sendMail' || !issued.opens(asked.token)) return undefined
      const me = await forward({ ...asked, method: 'GET', path: '/v1.0/me', body: '' })
      const { message } = JSON.parse(asked.body)
      sent.push({ title: message.subject, owner: loginOf(JSON.parse(me.body).userPrincipalName) })
      return { status: 202, headers: {}, body: '' }
    },
    records: async () => sent,
  }
}

import { bearerToken, type Connector, defineAction } from '#connectors/connector.ts'
import { readOrigins } from '#core/application-origin.ts'
import { errorOfAnswer } from '#core/error-of-answer.ts'
import { wordsOfRefusal } from '#core/words-of-refusal.ts'
import { writtenGet, writtenSend } from '#core/written-actions.ts'
import { readAccount } from './account.ts'
import { icon } from './icon.ts'
import { oauthServer } from './oauth-server.ts'
import known from './presets.json' with { type: 'json' }
import { type Settings, settings } from './settings.ts'

/** Any application that speaks OAuth 2.0, by its URLs. */
export const connector: Connector<Settings> = {
  name: 'generic-oauth2',
  label: 'OAuth 2.0',
  icon,
  personal: true,
  generic: true,
  settings,
  presets: known.presets,
  actions: [defineAction(writtenGet), defineAction(writtenSend)],
  authentication: (settings) => ({ kind: 'oauth2', server: oauthServer(settings) }),
  baseUrl: ({ base_url }) => new URL(base_url),
  origins: ({ origins }) => readOrigins(origins) ?? [],
  authorize(credential, { token_header }) {
    const { headers, query } = bearerToken(credential)
    if (token_header.toLowerCase() === 'authorization' || credential.kind !== 'oauth2') return { headers, query }
    return { headers: { [token_header.toLowerCase()]: credential.accessToken }, query }
  },
  readAccount,
  readError: ({ status, headers, json }) =>
    errorOfAnswer({ application: 'OAuth 2.0', status, headers, message: wordsOfRefusal(json) }),
}

import { bearerToken, type Connector } from '#connectors/connector.ts'
import { readAccount } from './account.ts'
import { createNote } from './actions/create-note.ts'
import { icon } from './icon.ts'
import { oauthServer } from './oauth-server.ts'
import { readError } from './read-error.ts'
import { type Settings, settings } from './settings.ts'

/** Notes in Acme. */
export const connector: Connector<Settings> = {
  name: 'acme',
  label: 'Acme',
  icon,
  personal: true,
  settings,
  actions: [createNote],
  authentication: (settings) => ({ kind: 'oauth2', server: oauthServer(settings) }),
  baseUrl: ({ host }) => new URL('/api/', host),
  origins: () => [],
  authorize: bearerToken,
  readAccount,
  readError,
}

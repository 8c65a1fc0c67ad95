import { bearerToken, type Connector } from '#connectors/connector.ts'
import { readAccount } from './account.ts'
import { createEvent } from './actions/create-event.ts'
import { listEvents } from './actions/list-events.ts'
import { searchFiles } from './actions/search-files.ts'
import { searchMail } from './actions/search-mail.ts'
import { sendMail } from './actions/send-mail.ts'
import { icon } from './icon.ts'
import { oauthServer } from './oauth-server.ts'
import { readError } from './read-error.ts'
import { hostsOf, type Settings, settings } from './settings.ts'

/** Outlook's mail and calendar, and OneDrive, by Microsoft Graph. */
export const connector: Connector<Settings> = {
  name: 'microsoft',
  label: 'Microsoft',
  icon,
  personal: true,
  settings,
  actions: [sendMail, searchMail, listEvents, createEvent, searchFiles],
  authentication: (settings) => ({ kind: 'oauth2', server: oauthServer(settings) }),
  baseUrl: (settings) => new URL(`${hostsOf(settings).graph}/v1.0/`),
  origins: () => [],
  authorize: bearerToken,
  readAccount,
  readError,
}

import { bearerToken, type Connector } from '#connectors/connector.ts'
import { readAccount } from './account.ts'
import { appendRows } from './actions/append-rows.ts'
import { createEvent } from './actions/create-event.ts'
import { listEvents } from './actions/list-events.ts'
import { readRows } from './actions/read-rows.ts'
import { searchFiles } from './actions/search-files.ts'
import { searchMail } from './actions/search-mail.ts'
import { sendMail } from './actions/send-mail.ts'
import { icon } from './icon.ts'
import { oauthServer } from './oauth-server.ts'
import { readError } from './read-error.ts'
import { hostsOf, type Settings, settings } from './settings.ts'

/** Gmail, Calendar, Drive and Sheets, of Workspace and of personal accounts. */
export const connector: Connector<Settings> = {
  name: 'google',
  label: 'Google',
  icon,
  personal: true,
  settings,
  actions: [sendMail, searchMail, listEvents, createEvent, searchFiles, appendRows, readRows],
  authentication: (settings) => ({ kind: 'oauth2', server: oauthServer(settings) }),
  baseUrl: (settings) => new URL(`${hostsOf(settings).apis}/`),
  origins: (settings) => [hostsOf(settings).gmail, hostsOf(settings).sheets],
  authorize: bearerToken,
  readAccount,
  readError,
}

import { bearerToken, type Connector } from '#connectors/connector.ts'
import { readAccount } from './account.ts'
import { createRecord } from './actions/create-record.ts'
import { getRecord } from './actions/get-record.ts'
import { runSoql } from './actions/run-soql.ts'
import { searchRecords } from './actions/search-records.ts'
import { updateRecord } from './actions/update-record.ts'
import { icon } from './icon.ts'
import { readInstanceUrl } from './instance-url.ts'
import { oauthServer } from './oauth-server.ts'
import { readError } from './read-error.ts'
import { type Settings, settings } from './settings.ts'

/** Salesforce, and what speaks as it does. */
export const connector: Connector<Settings> = {
  name: 'salesforce',
  label: 'Salesforce',
  icon,
  personal: true,
  settings,
  actions: [createRecord, updateRecord, getRecord, searchRecords, runSoql],
  authentication: (settings) => ({ kind: 'oauth2', server: oauthServer(settings) }),
  baseUrl: readInstanceUrl,
  // The instance alone: uploads and downloads go there too.
  origins: () => [],
  authorize: bearerToken,
  readAccount,
  readError,
}

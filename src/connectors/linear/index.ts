import { bearerToken, type Connector } from '#connectors/connector.ts'
import { readAccount } from './account.ts'
import { commentOnIssue } from './actions/comment-on-issue.ts'
import { createIssue } from './actions/create-issue.ts'
import { searchIssues } from './actions/search-issues.ts'
import { icon } from './icon.ts'
import { oauthServer } from './oauth-server.ts'
import { readError } from './read-refusal.ts'
import { hostsOf, type Settings, settings } from './settings.ts'

/** Linear's issues, by its GraphQL API. */
export const connector: Connector<Settings> = {
  name: 'linear',
  label: 'Linear',
  icon,
  personal: true,
  settings,
  actions: [createIssue, commentOnIssue, searchIssues],
  authentication: (settings) => ({ kind: 'oauth2', server: oauthServer(settings) }),
  baseUrl: (settings) => new URL(`${hostsOf(settings).api}/`),
  origins: () => [],
  authorize: bearerToken,
  readAccount,
  readError,
}

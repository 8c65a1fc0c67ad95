import { bearerToken, type Connector } from '#connectors/connector.ts'
import { readAccount } from './account.ts'
import { addComment } from './actions/add-comment.ts'
import { createIssue } from './actions/create-issue.ts'
import { searchIssues } from './actions/search-issues.ts'
import { icon } from './icon.ts'
import { oauthServer } from './oauth-server.ts'
import { readError } from './read-error.ts'
import { apiOf, type Settings, settings } from './settings.ts'

/** Issues at one site of Jira Cloud. */
export const connector: Connector<Settings> = {
  name: 'jira',
  label: 'Jira',
  icon,
  personal: true,
  settings,
  actions: [createIssue, addComment, searchIssues],
  authentication: (settings) => ({ kind: 'oauth2', server: oauthServer(settings) }),
  // why: its path is the site. A token may reach others too, so that the settings alone say which.
  baseUrl: apiOf,
  origins: () => [],
  authorize: bearerToken,
  readAccount,
  readError,
}

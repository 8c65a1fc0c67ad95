import { bearerToken, type Connector } from '#connectors/connector.ts'
import { readAccount } from './account.ts'
import { commentOnIssue } from './actions/comment-on-issue.ts'
import { createIssue } from './actions/create-issue.ts'
import { listIssues } from './actions/list-issues.ts'
import { icon } from './icon.ts'
import { oauthServer } from './oauth-server.ts'
import { readError } from './read-error.ts'
import { apiUrl, type Settings, settings } from './settings.ts'

/** GitHub: github.com, Enterprise Cloud with a domain of its own, and Enterprise Server. */
export const connector: Connector<Settings> = {
  name: 'github',
  label: 'GitHub',
  icon,
  personal: true,
  settings,
  actions: [createIssue, listIssues, commentOnIssue],
  authentication: (settings) => ({ kind: 'oauth2', server: oauthServer(settings) }),
  // One API for everybody: the token response names no instance.
  baseUrl: apiUrl,
  origins: () => [],
  authorize(credential) {
    const { headers, query } = bearerToken(credential)
    return { headers: { ...headers, 'x-github-api-version': '2022-11-28' }, query }
  },
  readAccount,
  readError,
}

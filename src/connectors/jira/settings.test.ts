import { expect, it } from 'vitest'
import { connector } from './index.ts'
import { settings } from './settings.ts'

const given = { site: 'https://acme.atlassian.net', cloud_id: '1324A887-45db-4bf4-9e99-ef0ff456d421' }
const ours = 'https://api.atlassian.com/ex/jira/1324a887-45db-4bf4-9e99-ef0ff456d421/rest/api/3/'

it('acts on the site of the settings, whatever a token response names', () => {
  const other = { cloud_id: 'ffffffff-45db-4bf4-9e99-ef0ff456d421', instance_url: 'https://evil.test' }
  expect(connector.baseUrl(settings.parse(given), other).href).toBe(ours)
  expect(connector.origins(settings.parse(given))).toEqual([])
})

it('asks that very site whose account it is, so that nobody connects who did not let us in there', () => {
  const authentication = connector.authentication(settings.parse(given))
  expect(authentication).toMatchObject({ kind: 'oauth2', server: { identity: { url: `${ours}myself` } } })
})

it.each(['', '1324a887', '../ffffffff-45db-4bf4-9e99-ef0ff456d421', `${given.cloud_id}/x`, 'acme.atlassian.net'])(
  'takes no cloud ID that is none: %s',
  (cloud_id) => expect(settings.safeParse({ ...given, cloud_id }).success).toBe(false),
)

it.each(['acme', 'http://acme.atlassian.net', 'https://acme.atlassian.net/jira', 'javascript:alert(1)'])(
  'takes no site that is no address: %s',
  (site) => expect(settings.safeParse({ ...given, site }).success).toBe(false),
)

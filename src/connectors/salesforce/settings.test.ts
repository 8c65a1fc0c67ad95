import { expect, it } from 'vitest'
import { oauthServer } from './oauth-server.ts'
import { settings } from './settings.ts'

it.each([
  [{}, 'https://login.salesforce.com'],
  [{ environment: 'sandbox' }, 'https://test.salesforce.com'],
  [{ environment: 'custom', custom_domain: 'https://acme.my.salesforce.com' }, 'https://acme.my.salesforce.com'],
  [{ environment: 'custom', custom_domain: 'https://acme.my.salesforce.com/' }, 'https://acme.my.salesforce.com'],
  [{ environment: 'custom', custom_domain: 'http://127.0.0.1:7201' }, 'http://127.0.0.1:7201'],
])('%j sign people in at %s', (given, origin) => {
  const server = oauthServer(settings.parse(given))
  expect(server.issuer).toBe(origin)
  for (const endpoint of [
    server.authorization_endpoint,
    server.token_endpoint,
    server.revocation?.style === 'rfc7009' ? server.revocation.endpoint : '',
    server.identity.url,
  ])
    expect(endpoint?.startsWith(`${origin}/services/oauth2/`)).toBe(true)
})

it.each([
  ...[
    '',
    'acme',
    'acme.my.salesforce.com',
    'http://acme.my.salesforce.com',
    'https://acme.my.salesforce.com/path',
    'https://a:b@c.test',
  ],
  ...['https://acme.test?x', 'https://acme.test#x', 'ftp://acme.test', 'javascript:alert(1)', 'http://10.0.0.1:80'],
])('a custom domain of "%s" is refused', (custom_domain) => {
  expect(settings.safeParse({ environment: 'custom', custom_domain }).success).toBe(false)
})

import { expect, it } from 'vitest'
import { oauthServer } from './oauth-server.ts'
import { apiUrl, settings } from './settings.ts'

it.each([
  [{}, 'https://github.com', 'https://api.github.com/'],
  [{ host: 'https://acme.ghe.com/' }, 'https://acme.ghe.com', 'https://api.acme.ghe.com/'],
  [{ host: 'https://github.acme.test' }, 'https://github.acme.test', 'https://github.acme.test/api/v3'],
  [{ host: 'https://github.com.evil.test' }, 'https://github.com.evil.test', 'https://github.com.evil.test/api/v3'],
  [{ host: 'http://127.0.0.1:7202', api_path: '/' }, 'http://127.0.0.1:7202', 'http://127.0.0.1:7202/'],
])('%j: people sign in at %s, the API is %s', (given, origin, api) => {
  const parsed = settings.parse(given)
  expect(apiUrl(parsed).href).toBe(api)
  const server = oauthServer(parsed)
  expect(server.token_endpoint).toBe(`${origin}/login/oauth/access_token`)
  expect(server.identity.url).toBe(`${api.replace(/\/$/, '')}/user`)
})

it.each([
  ...[{ host: 'github.com' }, { host: 'http://github.acme.test' }, { host: 'https://github.com/acme' }, { host: '' }],
  ...[{ api_path: 'api' }, { api_path: '//evil.test' }, { api_path: '/..' }, { api_path: '/a\\b' }],
])('%j is refused', (given) => expect(settings.safeParse(given).success).toBe(false))

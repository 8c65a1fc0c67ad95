import { expect, it } from 'vitest'
import { oauthServer } from './oauth-server.ts'
import { hostsOf, settings } from './settings.ts'

it.each([
  [{}, 'https://login.microsoftonline.com/organizations', 'https://graph.microsoft.com'],
  [
    { tenant: 'acme.onmicrosoft.com' },
    'https://login.microsoftonline.com/acme.onmicrosoft.com',
    'https://graph.microsoft.com',
  ],
  [
    { cloud: 'us_government', tenant: 'common' },
    'https://login.microsoftonline.us/common',
    'https://graph.microsoft.us',
  ],
  [
    { cloud: 'china' },
    'https://login.partner.microsoftonline.cn/organizations',
    'https://microsoftgraph.chinacloudapi.cn',
  ],
  [{ host: 'http://127.0.0.1:7203' }, 'http://127.0.0.1:7203/organizations', 'http://127.0.0.1:7203'],
])('%j: people sign in at %s, their data is at %s', (given, login, graph) => {
  const parsed = settings.parse(given)
  expect(oauthServer(parsed).token_endpoint).toBe(`${login}/oauth2/v2.0/token`)
  expect(hostsOf(parsed).graph).toBe(graph)
})

it('asks for the permissions that are on, in the spelling of its cloud', () => {
  const { scopes } = oauthServer(settings.parse({ cloud: 'us_government', files: false, calendar: false }))
  expect(scopes.map(({ name }) => name)).toEqual([
    'offline_access',
    ...['User.Read', 'Mail.Send', 'Mail.Read'].map((name) => `https://graph.microsoft.us/${name}`),
  ])
})

it.each([
  ...[{ tenant: '' }, { tenant: 'a/b' }, { tenant: '..' }, { tenant: 'acme?x' }, { cloud: 'mars' }],
  ...[{ host: 'graph.acme.com' }, { send_mail: false, read_mail: false, calendar: false, files: false }],
])('%j is refused', (given) => expect(settings.safeParse(given).success).toBe(false))

import { OutsideError } from '#core/errors.ts'
import { loginOrigin, type Settings } from './settings.ts'

/**
 * The organisation's own instance, as the token response's `instance_url` names it. Throws `OutsideError` `instance_url_refused`
 * when that is no origin of Salesforce's API: whoever can forge a token response shall not choose where the credential goes.
 * With a custom domain that is not Salesforce's (an emulator, a proxy), that very origin is the only one.
 */
export function readInstanceUrl(settings: Settings, { instance_url }: Record<string, unknown>): URL {
  const url = typeof instance_url === 'string' ? URL.parse(instance_url) : null
  const login = new URL(loginOrigin(settings))
  const isKnown = isSalesforce(login) ? url !== null && isSalesforce(url) : url?.origin === login.origin
  if (url && isKnown && !url.username && !url.password) return new URL(url.origin)
  throw new OutsideError(
    'instance_url_refused',
    'Salesforce named an instance at an address that is not Salesforce’s.',
    {
      retryable: false,
    },
  )
}

// why: not force.com and site.com, where customers publish pages of their own.
const API_HOST = /^([a-z0-9-]+\.)+(salesforce\.com|salesforce\.mil)$/

function isSalesforce(url: URL): boolean {
  return url.protocol === 'https:' && url.port === '' && API_HOST.test(url.hostname)
}

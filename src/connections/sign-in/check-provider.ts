import { UserError } from '#core/errors.ts'

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]'])
const DOMAIN = /^(?=.{1,253}$)([\p{L}\p{N}]([\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}\p{N}-]{2,63}$/u

// Microsoft's addresses for the accounts of any tenant: whoever makes a tenant of their own decides what it says of its people.
const ANY_TENANT = /^\/(common|organizations|consumers)(\/|$)/

/**
 * An issuer as it is kept. Refuses with `sign_in_issuer_invalid` what is no `https` URL (plain `http` is for this machine alone), and
 * an address that speaks for the people of any tenant.
 */
export function checkIssuer(text: string): string {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.has(url.hostname))
  if (
    !url ||
    !isSafe ||
    url.username ||
    url.password ||
    url.search ||
    url.hash ||
    url.pathname.includes('/.well-known')
  )
    throw invalid('The issuer is a URL like https://accounts.example.com, without anything behind its path.')
  if (/[{}]|%7[bd]/i.test(url.pathname) || (isEntra(url) && ANY_TENANT.test(url.pathname)))
    throw invalid('Give the issuer of your own tenant: https://login.microsoftonline.com/<tenant id>/v2.0')
  return url.pathname === '/' ? url.origin : url.href
}

/** Domains of e-mail addresses in lower case, each once. Refuses with `email_domain_invalid`. */
export function checkDomains(domains: string[]): string[] {
  const checked = domains.map((domain) => domain.trim().replace(/^@/, '').normalize('NFC').toLowerCase())
  const wrong = checked.find((domain) => !DOMAIN.test(domain))
  if (wrong !== undefined)
    throw new UserError('email_domain_invalid', `“${wrong}” is no domain. Give one like example.com.`, { status: 422 })
  return [...new Set(checked)]
}

const isEntra = ({ hostname }: URL): boolean =>
  /^(login\.microsoftonline\.(com|us)|login\.partner\.microsoftonline\.cn)$/.test(hostname)

function invalid(message: string): UserError {
  return new UserError('sign_in_issuer_invalid', message, { status: 422 })
}

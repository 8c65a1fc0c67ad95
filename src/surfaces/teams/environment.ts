import { UserError } from '#core/errors.ts'
import type { SurfaceApp } from '#core/surface-app.ts'

/** Where Microsoft is, for one app. */
export interface Environment {
  /** Entra's, without the tenant. */
  login: string
  /** Names the keys with which requests to bots are signed. */
  openIdMetadata: string
  /** Where what is told unasked is sent. */
  serviceUrl: string
  /** Whether requests come unsigned, from the playground on this very machine. */
  isPlayground: boolean
}

/** Says who signs requests to bots, whichever region sends them. */
export const TOKEN_ISSUER = 'https://api.botframework.com'
/** What the app asks leave for when it speaks. */
export const BOT_SCOPE = 'https://api.botframework.com/.default'

const MICROSOFT: Environment = {
  login: 'https://login.microsoftonline.com',
  openIdMetadata: 'https://login.botframework.com/v1/.well-known/openidconfiguration',
  serviceUrl: 'https://smba.trafficmanager.net/teams/',
  isPlayground: false,
}

/**
 * Microsoft's own addresses, or those of a stand-in on this machine. Refuses a stand-in with `stand_in_off_loopback` where this server is
 * reached by others: whoever chose its address could speak as anybody.
 */
export function environmentOf({ settings }: Pick<SurfaceApp, 'settings'>, publicUrl: URL): Environment {
  const { stand_in: standIn = '', mode } = settings
  if (standIn === '' && mode !== 'playground') return MICROSOFT
  const origin = URL.parse(standIn)?.origin ?? ''
  if (!isLoopback(publicUrl) || !isLoopback(URL.parse(standIn)))
    throw new UserError(
      'stand_in_off_loopback',
      'The playground and stand-ins for Microsoft work only on one machine: PUBLIC_URL and their address must both be of 127.0.0.1 or localhost.',
      { status: 403 },
    )
  return {
    login: origin,
    openIdMetadata: `${origin}/v1/.well-known/openidconfiguration`,
    serviceUrl: mode === 'playground' ? `${origin}/_connector` : `${origin}/teams/`,
    isPlayground: mode === 'playground',
  }
}

/** Hosts of Microsoft's that bots speak to, by their whole name or what it ends with. Others could collect the bot's tokens. */
const SERVICE_HOSTS = ['smba.trafficmanager.net', '.botframework.com', '.teams.microsoft.com']

/** Whether the bot may speak to an address that a request named: Microsoft's, over TLS, or the stand-in's. */
export function isServiceUrl(text: string, { serviceUrl, login }: Environment): boolean {
  const url = URL.parse(text)
  if (!url || url.username || url.password || url.search || url.hash) return false
  if (login !== MICROSOFT.login) return sameMachine(url, new URL(serviceUrl))
  const isKnown = SERVICE_HOSTS.some((host) =>
    host.startsWith('.') ? url.hostname.endsWith(host) : url.hostname === host,
  )
  return url.protocol === 'https:' && url.port === '' && isKnown
}

/** The playground calls itself `localhost`, by whatever name it was reached. */
const sameMachine = (one: URL, other: URL): boolean => isLoopback(one) && one.port === other.port

export function isLoopback(url: URL | null): boolean {
  return url !== null && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname)
}

/** The one tenant whose people the app is for. */
export const tenantOf = ({ settings }: Pick<SurfaceApp, 'settings'>): string => (settings.tenant_id ?? '').toLowerCase()

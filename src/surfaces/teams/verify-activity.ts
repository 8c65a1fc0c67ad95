import { createLocalJWKSet, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose'
import type { CommandsContext } from '#commands/context.ts'
import type { SurfaceApp } from '#core/surface-app.ts'
import { type Activity, tenantsOf } from './activity.ts'
import { environmentOf, isLoopback, isServiceUrl, TOKEN_ISSUER, tenantOf } from './environment.ts'
import { readPublishedKeys } from './published-keys.ts'

/** A request to the bot, before anything of it is believed. */
export interface Unverified {
  activity: Activity
  authorization: string | undefined
  /** Where it came from. */
  clientAddress: string
}

const CLOCK_TOLERANCE_SECONDS = 300

/**
 * Why a request is not Microsoft's to this app, of its own tenant; undefined when it is. learn.microsoft.com/azure/bot-service/rest-api/
 * bot-framework-rest-connector-authentication lists what must hold. Faults, such as keys that cannot be read, are thrown.
 */
export async function doubtOf(ctx: CommandsContext, app: SurfaceApp, request: Unverified): Promise<string | undefined> {
  const { activity, clientAddress } = request
  const environment = environmentOf(app, ctx.publicUrl)
  if (!isServiceUrl(activity.serviceUrl, environment)) return 'service_url'
  if (environment.isPlayground) return isLoopbackAddress(clientAddress) ? doubtOfTenant(app, activity) : 'off_loopback'
  if (activity.channelId !== 'msteams') return 'channel'
  return (await doubtOfToken(ctx, app, request)) ?? doubtOfTenant(app, activity)
}

async function doubtOfToken(
  ctx: CommandsContext,
  app: SurfaceApp,
  { activity, authorization }: Unverified,
): Promise<string | undefined> {
  const token = /^Bearer ([\w.-]+)$/i.exec(authorization ?? '')?.[1]
  if (token === undefined) return 'token_missing'
  try {
    const { kid } = decodeProtectedHeader(token)
    const published = await readPublishedKeys(ctx, environmentOf(app, ctx.publicUrl).openIdMetadata, kid)
    const endorsed = published.keys.filter((key) => endorsementsOf(key).includes(activity.channelId))
    const { payload } = await jwtVerify(token, createLocalJWKSet({ keys: endorsed }), {
      issuer: TOKEN_ISSUER,
      audience: app.settings.app_id ?? '',
      algorithms: ['RS256'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: ctx.clock(),
      requiredClaims: ['exp'],
    })
    return isOfService(payload, activity) ? undefined : 'service_url_claim'
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) return 'token'
    throw error
  }
}

/** The channels whose requests a key may sign. */
function endorsementsOf(key: object): string[] {
  return 'endorsements' in key && Array.isArray(key.endorsements) ? key.endorsements : []
}

/** why: the token is all that is signed; what the body names could be an address that collects the bot's answers. */
function isOfService({ serviceurl }: JWTPayload, activity: Activity): boolean {
  return typeof serviceurl === 'string' && bare(serviceurl) === bare(activity.serviceUrl)
}

const bare = (url: string): string => url.replace(/\/+$/, '').toLowerCase()

function doubtOfTenant(app: SurfaceApp, activity: Activity): string | undefined {
  const tenants = tenantsOf(activity)
  const isOwn = tenants.length > 0 && tenants.every((tenant) => tenant.toLowerCase() === tenantOf(app))
  return isOwn ? undefined : 'tenant'
}

const isLoopbackAddress = (address: string): boolean => {
  const plain = address.replace(/^::ffff:/, '')
  return isLoopback(URL.parse(`http://${plain.includes(':') ? `[${plain}]` : plain}`))
}

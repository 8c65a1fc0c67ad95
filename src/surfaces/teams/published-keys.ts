import type { JSONWebKeySet } from 'jose'
import { z } from 'zod'
import type { CommandsContext } from '#commands/context.ts'
import { OutsideError } from '#core/errors.ts'
import { memoryOf } from './memory.ts'

const Metadata = z.object({ jwks_uri: z.url() })
const Keys = z.object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string().optional() })) })

const KEPT_MS = 24 * 60 * 60 * 1000
/** why: anybody can name a key that nobody has. */
const PAUSE_MS = 60_000

/** The keys that an OpenID metadata document names, as they were within a day; read again, at most once a minute, when one is missing. */
export async function readPublishedKeys(
  ctx: CommandsContext,
  openIdMetadata: string,
  kid: string | undefined,
): Promise<JSONWebKeySet> {
  const { keys: known } = memoryOf(ctx)
  const now = ctx.clock().getTime()
  const before = known.get(openIdMetadata)
  const age = before ? now - before.readAt : Number.POSITIVE_INFINITY
  const isThere = before?.keys.keys.some((key) => key.kid === kid) === true
  if (before && age < (isThere ? KEPT_MS : PAUSE_MS)) return before.keys
  const { jwks_uri } = Metadata.parse(await read(ctx, openIdMetadata))
  const keys = Keys.parse(await read(ctx, jwks_uri)) as JSONWebKeySet
  known.set(openIdMetadata, { keys, readAt: now })
  return keys
}

async function read(ctx: CommandsContext, url: string): Promise<unknown> {
  const { status, body } = await ctx.egress({
    method: 'GET',
    url: new URL(url),
    timeoutMs: 10_000,
    maxBytes: 1_000_000,
  })
  if (status === 200) return JSON.parse(body)
  throw new OutsideError('teams_failed', `Microsoft’s published keys could not be read: HTTP status ${status}.`, {
    retryable: true,
    httpStatus: status,
  })
}

import { createHmac, randomBytes } from 'node:crypto'
import type { NamespaceId } from '#core/ids.ts'
import type { ConnectionsContext } from './context.ts'
import { open, type SealedPlace, seal } from './sealing/seal.ts'

const place = (id: NamespaceId): SealedPlace => ({ table: 'namespaces', id, column: 'sealed_secret' })

/** A fresh secret of 256 bits by which a product knows our notices; shown once, kept sealed. */
export async function makeNamespaceSecret(
  ctx: Pick<ConnectionsContext, 'keys'>,
  id: NamespaceId,
): Promise<{ secret: string; sealed: Buffer }> {
  const secret = `bhs_${randomBytes(32).toString('base64url')}`
  return { secret, sealed: await seal(ctx.keys, place(id), secret) }
}

/**
 * The header `Behalf-Signature` of a notice: `t=<seconds since 1970>,v1=<HMAC-SHA256, in hex, of t, a full stop and the body>`. Who
 * receives it computes the same with their secret, and refuses what is older than five minutes.
 */
export async function signNotice(
  ctx: ConnectionsContext,
  { namespaceId, sealedSecret, body }: { namespaceId: NamespaceId; sealedSecret: Buffer; body: string },
): Promise<string> {
  const secret = await open<string>(ctx.keys, place(namespaceId), sealedSecret)
  const time = Math.floor(ctx.clock().getTime() / 1000)
  return `t=${time},v1=${createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')}`
}

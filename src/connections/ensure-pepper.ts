import { randomBytes } from 'node:crypto'
import { Bug } from '#core/errors.ts'
import { Secret } from '#core/secret.ts'
import type { ConnectionsContext } from './context.ts'
import { findParent, openClient, type Parent, sealClient } from './parent.ts'

/**
 * The secret under which what is typed for a parent is known again. It stands where other parents have their OAuth client; made by whoever
 * needs it first, on any machine, and anew when it was lost with its sealing key.
 */
export async function ensurePepper(ctx: ConnectionsContext, parent: Parent): Promise<Secret> {
  const { clientSecret } = await openClient(ctx, parent.sealedClient ? parent : await makePepper(ctx, parent))
  return clientSecret
}

async function makePepper(ctx: ConnectionsContext, { id }: Parent): Promise<Parent> {
  const client = { clientId: '', clientSecret: new Secret(randomBytes(32).toString('base64url')) }
  await ctx.db
    .updateTable('connections')
    .set({ sealed_client: await sealClient(ctx, id, client) })
    .where('id', '=', id)
    .where('sealed_client', 'is', null)
    .execute()
  const parent = await findParent(ctx.db, id)
  if (!parent) throw new Bug(`connection ${id} is no parent`)
  return parent
}

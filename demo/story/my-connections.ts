import type { z } from 'zod'
import type { Connection, MyConnection } from '#api/contract.ts'
import type { Actor } from './actor.ts'

/** How a person's own connection under this parent stands, as their page My connections tells them. */
export async function findMine(actor: Actor, parentId: string): Promise<z.infer<typeof Connection>> {
  const mine = await actor.api<z.infer<typeof MyConnection>[]>('GET', '/me/connections')
  const connection = mine.find((each) => each.parent_id === parentId)?.connection
  if (!connection) throw new Error(`${actor.name} has no connection of their own here`)
  return connection
}

/** Presses Disconnect in My connections. */
export async function disconnectMine(actor: Actor, parentId: string): Promise<void> {
  const { id } = await findMine(actor, parentId)
  await actor.api('POST', `/connections/${id}/disconnect`)
}

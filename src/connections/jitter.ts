import { createHash } from 'node:crypto'
import type { ConnectionId } from '#core/ids.ts'

/** Between 0 and 1, always the same for one connection: what falls due for many made together does not fall due together. */
export function jitterOf(connectionId: ConnectionId): number {
  return createHash('sha256').update(connectionId).digest().readUInt16BE(0) / 0xffff
}

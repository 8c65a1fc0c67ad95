import type { DataKey } from '#connections/sealing/data-keys.ts'
import { type JobId, newId, type PersonId, type WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import type { Outgoing } from '#surfaces/surface.ts'
import { outboxPlace } from './seal-job-data.ts'

/** A message, and the id of its delivery. */
export interface QueuedMessage {
  id: string
  outgoing: Outgoing
}

interface OutgoingRow {
  id: string
  sealedAddress: Buffer
  sealedBody: Buffer
}

/** Seals one message for its row. */
export function sealOutgoing(
  key: DataKey,
  address: Record<string, unknown>,
  { id, outgoing }: QueuedMessage,
): OutgoingRow {
  return {
    id,
    sealedAddress: key.seal(outboxPlace(id, 'address'), address),
    sealedBody: key.seal(outboxPlace(id, 'body'), outgoing),
  }
}

/** Puts one message on its way in the caller's transaction: it is delivered if and only if that commits. */
export async function writeOutgoing(
  tx: Db,
  key: DataKey,
  message: {
    workspaceId: WorkspaceId
    jobId: JobId | null
    personId: PersonId | null
    surface: string
    address: Record<string, unknown>
    outgoing: Outgoing
  },
): Promise<void> {
  const row = sealOutgoing(key, message.address, { id: newId('outgoing'), outgoing: message.outgoing })
  await tx
    .insertInto('outbox')
    .values({
      id: row.id,
      workspace_id: message.workspaceId,
      job_id: message.jobId,
      person_id: message.personId,
      surface: message.surface,
      data_key_id: key.id,
      sealed_address: row.sealedAddress,
      sealed_body: row.sealedBody,
    })
    .execute()
}

import { sql } from 'kysely'
import type { JobId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import type { Person } from '#people/person.ts'
import type { JobsContext } from './context.ts'
import { jobPlace, outboxPlace } from './seal-job-data.ts'

/**
 * An account on a surface is a person's no longer: what their unfinished jobs from there have to say, and what is on its way there, goes
 * where else they can be reached, in the caller's transaction. Answers the jobs that wait for them to connect, to be asked anew after it.
 */
export async function readdressJobs(ctx: JobsContext, tx: Db, person: Person, surface: string): Promise<JobId[]> {
  const place = await placeBeside(ctx, person, surface)
  if (!place) return []
  await readdressOutbox(ctx, tx, { person, surface, place })
  const jobs = await tx
    .selectFrom('jobs')
    .select(['id', 'data_key_id', 'status'])
    .where('person_id', '=', person.id)
    .where('surface', '=', surface)
    .where('finished_at', 'is', null)
    .forUpdate()
    .execute()
  for (const { id, data_key_id: keyId } of jobs) {
    const key = await ctx.dataKeys.load(keyId)
    const to = { surface: place.surface, sealed_address: key.seal(jobPlace(id, 'address'), place.address) }
    await tx.updateTable('jobs').set(to).where('id', '=', id).execute()
  }
  return jobs.filter(({ status }) => status === 'waiting_for_connection').map(({ id }) => id)
}

interface Place {
  surface: string
  address: Record<string, unknown>
}

async function placeBeside(ctx: JobsContext, person: Person, surface: string): Promise<Place | undefined> {
  for (const { name, addressOf } of ctx.surfaces.values()) {
    const address = name === surface ? null : await addressOf(person)
    if (address) return { surface: name, address }
  }
  return undefined
}

async function readdressOutbox(
  ctx: JobsContext,
  tx: Db,
  { person, surface, place }: { person: Person; surface: string; place: Place },
): Promise<void> {
  const rows = await tx
    .selectFrom('outbox')
    .select(['id', 'data_key_id'])
    .where('person_id', '=', person.id)
    .where('surface', '=', surface)
    .where('status', '=', sql.lit('pending' as const))
    .forUpdate()
    .execute()
  for (const { id, data_key_id: keyId } of rows) {
    const key = await ctx.dataKeys.load(keyId)
    const to = { surface: place.surface, sealed_address: key.seal(outboxPlace(id, 'address'), place.address) }
    await tx.updateTable('outbox').set(to).where('id', '=', id).execute()
  }
}

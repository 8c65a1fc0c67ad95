import type { JobId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import type { Person } from '#people/person.ts'
import type { MessageButton, MessageLink } from '#surfaces/surface.ts'
import type { JobsContext, Outgoing } from './context.ts'
import { writeOutgoing } from './outbox.ts'
import { jobPlace, openOptional } from './seal-job-data.ts'

/** A word to one person, for them alone. */
export interface Told {
  person: Person
  /** Told where this job came from; null: wherever they can be reached. */
  jobId: JobId | null
  /** Told there or not at all; left out: on every surface that can reach them. */
  surface?: string
  text: string
  links?: MessageLink[]
  buttons?: MessageButton[]
}

/**
 * Puts a notice on its way to a person, in the caller's transaction: to the chat they ran the job from, else to every surface that can reach
 * them. False where none can, and nobody is told.
 */
export async function tellPerson(
  ctx: JobsContext,
  tx: Db,
  { person, jobId, surface: only, text, links = [], buttons = [] }: Told,
): Promise<boolean> {
  const { id: personId, workspaceId } = person
  const key = await ctx.dataKeys.take(workspaceId, ctx.clock())
  const outgoing: Outgoing = { kind: 'notice', message: { text, fields: [], links, tone: 'neutral', buttons } }
  const origin = jobId === null ? undefined : await originOf(ctx, tx, jobId)
  const places = origin ? [origin] : await placesOf(ctx, person, only)
  for (const { surface, address } of places)
    await writeOutgoing(tx, key, { workspaceId, jobId: null, personId, surface, address, outgoing })
  return places.length > 0
}

interface Place {
  surface: string
  address: Record<string, unknown>
}

/** Where a job's answers go; undefined for one that came by a way without messages. */
async function originOf(ctx: JobsContext, tx: Db, jobId: JobId): Promise<Place | undefined> {
  const job = await tx
    .selectFrom('jobs')
    .select(['surface', 'sealed_address', 'data_key_id'])
    .where('id', '=', jobId)
    .executeTakeFirst()
  if (!job || !ctx.surfaces.has(job.surface)) return undefined
  const key = await ctx.dataKeys.load(job.data_key_id)
  const address = openOptional<Record<string, unknown>>(key, jobPlace(jobId, 'address'), job.sealed_address)
  return address ? { surface: job.surface, address } : undefined
}

async function placesOf(ctx: JobsContext, person: Person, only?: string): Promise<Place[]> {
  const places: Place[] = []
  for (const surface of ctx.surfaces.values()) {
    if (only !== undefined && surface.name !== only) continue
    const address = await surface.addressOf(person)
    if (address) places.push({ surface: surface.name, address })
  }
  return places
}

import { isAskingPaused } from '#asking/burn-links.ts'
import { type Missing, openConnectRequests } from '#asking/connect-request.ts'
import { type ExternalReturn, openLinkedVisit } from '#asking/connect-visit.ts'
import { externalLink } from '#asking/external-browser.ts'
import { closeUnlessWaitedFor } from '#asking/free-recipes.ts'
import type { DataKey } from '#connections/sealing/data-keys.ts'
import { type RecipeUse, readStanding } from '#connections/standing.ts'
import type { JobId } from '#core/ids.ts'
import { inSpan } from '#core/trace.ts'
import type { Db } from '#database/db.ts'
import type { Person } from '#people/person.ts'
import type { Origin } from '#surfaces/surface.ts'
import { askMessage, type Lacking } from './ask-message.ts'
import type { JobsContext } from './context.ts'
import { writeOutgoing } from './outbox.ts'
import { tellPerson } from './tell-person.ts'

/** A job that must wait for its person to connect. */
export interface Asking {
  jobId: JobId
  recipeName: string
  use: RecipeUse
  person: Person
  origin: Origin
  dataKey: DataKey
  missing: Missing[]
  /** The step it stopped at; null before the first. */
  step: string | null
  /** Until when it waits; left out: as long as any. */
  expiresAt?: Date
  /** The span it belongs to, where none is open. */
  traceparent?: string | null
}

/**
 * Makes a job wait, in the transaction that sets its status: the waits, one open request for each application, a visit with a fresh
 * link, and the message that carries it to the person alone. Answers the visit's address for callers whose own session opens it, or for a
 * product the link for its person's browser; null when everything turned out to be connected meanwhile: then nobody is asked, and the job
 * must not wait.
 */
export function askForConnections(ctx: JobsContext, tx: Db, asking: Asking): Promise<string | null> {
  const { jobId: job, traceparent: parent } = asking
  const hop = { name: 'asking', job, ...(parent !== undefined && { parent }) }
  return inSpan(ctx, hop, () => ask(ctx, tx, asking))
}

async function ask(ctx: JobsContext, tx: Db, asking: Asking): Promise<string | null> {
  const { person, jobId } = asking
  const now = ctx.clock()
  const { expiresAt = new Date(now.getTime() + ctx.askForMs) } = asking
  await openConnectRequests(tx, { person, missing: asking.missing, expiresAt, now })
  const lacking = await stillMissing(ctx, tx, asking)
  if (lacking.length === 0) return null
  await tx
    .insertInto('waits')
    .values(
      lacking.map(({ parentId }) => ({
        job_id: jobId,
        kind: 'connection' as const,
        key: parentId,
        step: asking.step,
        expires_at: expiresAt,
      })),
    )
    .onConflict((conflict) => conflict.columns(['job_id', 'kind', 'key']).doUpdateSet({ expires_at: expiresAt }))
    .execute()
  if (await isAskingPaused(tx, person.id, now)) return tellPaused(ctx, tx, asking)
  // Noted when the job was invoked, and registered then.
  const external = person.kind === 'external' ? (asking.origin.address.external as ExternalReturn) : undefined
  const visit = await openLinkedVisit(tx, {
    workspaceId: person.workspaceId,
    personId: person.id,
    jobId,
    parentId: null,
    surface: asking.origin.surface,
    returnTo: typeof asking.origin.address.return_to === 'string' ? asking.origin.address.return_to : null,
    external,
    expiresAt,
    now,
  })
  const link = new URL(`/connect/l/${visit.token}`, ctx.publicUrl)
  const message = await askMessage(ctx, { ...asking, lacking, link })
  // why: a caller by API has no place for a message; it gets the visit's address, which only the person's own session opens.
  if (ctx.surfaces.has(asking.origin.surface))
    await writeOutgoing(tx, asking.dataKey, {
      workspaceId: person.workspaceId,
      jobId,
      personId: person.id,
      surface: asking.origin.surface,
      address: asking.origin.address,
      outgoing: { kind: 'ask', message },
    })
  return external ? externalLink(ctx, visit.token) : new URL(`/connect/v/${visit.id}`, ctx.publicUrl).href
}

/** No link while too many were burnt: the job waits, and its person is told how it can go on without one. */
async function tellPaused(ctx: JobsContext, tx: Db, { person, jobId, recipeName }: Asking): Promise<string> {
  const accounts = new URL('/my/connections', ctx.publicUrl).href
  const text = `“${recipeName}” waits for you to connect an account of your own. You are sent no links for now, because three were given up in a day: sign in and connect under ${accounts}, or ask an administrator.`
  await tellPerson(ctx, tx, { person, jobId, text })
  return accounts
}

/**
 * Reads again what is missing, now that this transaction holds the open requests: a callback that connected one of them has either
 * committed, and is seen here, or waits for us, and will see our waits. Without it a job could wait for what is there already.
 */
async function stillMissing(ctx: JobsContext, tx: Db, { person, missing, use }: Asking): Promise<Lacking[]> {
  const still: Lacking[] = []
  for (const each of missing) {
    const request = { personId: person.id, parentId: each.parentId }
    const standing = await readStanding({ ...ctx, db: tx }, { ...request, recipe: use }, null)
    if (standing.kind === 'interrupted') still.push({ ...each, standing })
    else await closeUnlessWaitedFor(tx, { ...request, status: 'done', now: ctx.clock() })
  }
  return still
}

import { createHash, randomBytes } from 'node:crypto'
import type { Selectable } from 'kysely'
import {
  type ConnectionId,
  type ConnectVisitId,
  type JobId,
  type NamespaceId,
  newId,
  type PersonId,
  type WorkspaceId,
} from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import type { Tables } from '#database/tables.ts'
import { recordAudit } from '#people/audit.ts'

/** One person's visit to the connect page, about one job or about one parent made ahead of any. */
export interface ConnectVisit {
  id: ConnectVisitId
  workspaceId: WorkspaceId
  personId: PersonId
  jobId: JobId | null
  parentId: ConnectionId | null
  surface: string
  status: Row['status']
  spentAt: Date | null
  returnTo: string | null
  /** Set when a person of a product is asked: no session opens it, and an answer counts once the product has confirmed it. */
  external: (ExternalReturn & { browserHash: Buffer | null }) | null
  expiresAt: Date
  /** The span its job was invoked in; null without a job, or where no traces were made. */
  traceparent: string | null
}

/** Where a product has its people's browsers, and word of outcomes, sent: both registered for its namespace. */
export interface ExternalReturn {
  namespaceId: NamespaceId
  redirectUrl: string
  callbackUrl: string | null
}

type Row = Selectable<Tables['connect_visits']>
type External = { [K in keyof Tables['external_visits']]: Selectable<Tables['external_visits']>[K] | null }

function fromRow(row: Row & External & { traceparent: string | null }): ConnectVisit {
  const { namespace_id: namespaceId, redirect_url: redirectUrl } = row
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    personId: row.person_id,
    jobId: row.job_id,
    parentId: row.parent_id,
    surface: row.surface,
    status: row.status,
    spentAt: row.spent_at,
    returnTo: row.return_to,
    external:
      namespaceId === null || redirectUrl === null
        ? null
        : { namespaceId, redirectUrl, callbackUrl: row.callback_url, browserHash: row.browser_hash },
    expiresAt: row.expires_at,
    traceparent: row.traceparent,
  }
}

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest()

export interface VisitWanted {
  workspaceId: WorkspaceId
  personId: PersonId
  jobId: JobId | null
  parentId: ConnectionId | null
  /** Where it is asked for: a surface's name, or `web` for our own pages. */
  surface: string
  returnTo: string | null
  external?: ExternalReturn | undefined
  expiresAt: Date
  now: Date
}

/** Whoever followed their link so long ago at most is taken to be at its page still. */
export const AT_IT_FOR_MS = 15 * 60 * 1000

/**
 * Opens a visit with a link of 256 bits of chance, kept only as a hash; whoever holds the link must still prove to be the person.
 * An older open visit about the same job, or about the same connection of a product's person, is superseded: its link does nothing
 * any more. Not the page that its person is at: what a job asks for anew, now that one thing is connected, stands there as well.
 */
export async function openLinkedVisit(tx: Db, wanted: VisitWanted): Promise<{ id: ConnectVisitId; token: string }> {
  await supersede(tx, wanted)
  const token = randomBytes(32).toString('base64url')
  const id = await insertVisit(tx, wanted, hashOf(token))
  if (wanted.external) await insertExternal(tx, id, wanted.external)
  return { id, token }
}

async function supersede(tx: Db, { jobId, parentId, personId, external, now }: VisitWanted): Promise<void> {
  const open = tx.updateTable('connect_visits').set({ status: 'superseded' }).where('status', '=', 'open')
  const atIt = new Date(now.getTime() - AT_IT_FOR_MS)
  if (jobId !== null)
    await open
      .where('job_id', '=', jobId)
      .where((where) => where.or([where('spent_at', 'is', null), where('spent_at', '<=', atIt)]))
      .execute()
  else if (external) await open.where('person_id', '=', personId).where('parent_id', '=', parentId).execute()
}

async function insertExternal(tx: Db, visitId: ConnectVisitId, external: ExternalReturn): Promise<void> {
  const { namespaceId, redirectUrl, callbackUrl } = external
  const row = { visit_id: visitId, namespace_id: namespaceId, redirect_url: redirectUrl, callback_url: callbackUrl }
  await tx.insertInto('external_visits').values(row).execute()
}

/** The links a person was sent on a surface do nothing any more, nor what is being connected by one. */
export async function supersedeVisitsFrom(
  tx: Db,
  { personId, surface, now }: { personId: PersonId; surface: string; now: Date },
): Promise<void> {
  const visits = await tx
    .updateTable('connect_visits')
    .set({ status: 'superseded' })
    .where('person_id', '=', personId)
    .where('surface', '=', surface)
    .where('status', '=', 'open')
    .returning('id')
    .execute()
  if (visits.length === 0) return
  await tx
    .updateTable('connect_attempts')
    .set({ consumed_at: now })
    .where(
      'visit_id',
      'in',
      visits.map(({ id }) => id),
    )
    .where('consumed_at', 'is', null)
    .execute()
}

/** Opens a visit for a person who is already signed in: it has no link, only their session opens it. */
export function openOwnVisit(tx: Db, wanted: VisitWanted): Promise<ConnectVisitId> {
  return insertVisit(tx, wanted, null)
}

async function insertVisit(tx: Db, wanted: VisitWanted, tokenHash: Buffer | null): Promise<ConnectVisitId> {
  const id = newId('connectVisit')
  await tx
    .insertInto('connect_visits')
    .values({
      id,
      workspace_id: wanted.workspaceId,
      person_id: wanted.personId,
      job_id: wanted.jobId,
      parent_id: wanted.parentId,
      surface: wanted.surface,
      token_hash: tokenHash,
      return_to: wanted.returnTo,
      created_at: wanted.now,
      expires_at: wanted.expiresAt,
    })
    .execute()
  return id
}

/** Found by the hash of the link's token, so that the comparison tells nothing about the tokens that exist. */
export async function findVisitByToken(db: Db, token: string): Promise<ConnectVisit | undefined> {
  const row = await selectVisits(db).where('token_hash', '=', hashOf(token)).executeTakeFirst()
  return row && fromRow(row)
}

export async function findVisit(db: Db, id: string): Promise<ConnectVisit | undefined> {
  const row = await selectVisits(db)
    .where('id', '=', id as ConnectVisitId)
    .executeTakeFirst()
  return row && fromRow(row)
}

const selectVisits = (db: Db) =>
  db
    .selectFrom('connect_visits')
    .leftJoin('external_visits', 'external_visits.visit_id', 'connect_visits.id')
    .selectAll(['connect_visits', 'external_visits'])
    .select((from) =>
      from.selectFrom('jobs').select('traceparent').whereRef('jobs.id', '=', 'connect_visits.job_id').as('traceparent'),
    )

/** Where the last link for this connection of a product's person sent its browser. */
export async function findLastReturn(
  db: Db,
  { personId, parentId }: { personId: PersonId; parentId: ConnectionId },
): Promise<ExternalReturn | undefined> {
  const row = await selectVisits(db)
    .where('person_id', '=', personId)
    .where('parent_id', '=', parentId)
    .where('namespace_id', 'is not', null)
    .orderBy('id', 'desc')
    .executeTakeFirst()
  return (row && fromRow(row).external) ?? undefined
}

/** Spends a visit's link, once: false when it was spent before, or is no longer open. */
export async function spendLink(tx: Db, visit: ConnectVisit, now: Date): Promise<boolean> {
  const spent = await tx
    .updateTable('connect_visits')
    .set({ spent_at: now })
    .where('id', '=', visit.id)
    .where('spent_at', 'is', null)
    .where('status', '=', 'open')
    .where('expires_at', '>', now)
    .executeTakeFirst()
  if (spent.numUpdatedRows === 0n) return false
  await recordAudit(
    tx,
    { workspaceId: visit.workspaceId },
    {
      action: 'connect.link_spent',
      targetId: visit.id,
      details: { person_id: visit.personId, job_id: visit.jobId },
    },
  )
  return true
}

/** Ends a visit. A visit that already ended keeps its end. */
export async function endVisit(tx: Db, id: ConnectVisitId, status: 'done' | 'declined' | 'expired'): Promise<void> {
  await tx.updateTable('connect_visits').set({ status }).where('id', '=', id).where('status', '=', 'open').execute()
}

/** A visit's page, for its person's own browser; `note` is the code of a word about what just happened. */
export const visitPath = (visit: ConnectVisit, note?: string): string =>
  `/connect/${visit.external ? 'external/v' : 'v'}/${visit.id}${note ? `?note=${note}` : ''}`

/** Whether a visit can still lead to anything. */
export const isOpen = (visit: ConnectVisit, now: Date): boolean => visit.status === 'open' && visit.expiresAt > now

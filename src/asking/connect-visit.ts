import { createHash, randomBytes } from 'node:crypto'
import type { Selectable } from 'kysely'
import {
  type ConnectionId,
  type ConnectVisitId,
  type JobId,
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
  expiresAt: Date
}

type Row = Selectable<Tables['connect_visits']>

function fromRow(row: Row): ConnectVisit {
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
    expiresAt: row.expires_at,
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
  expiresAt: Date
  now: Date
}

/**
 * Opens a visit with a link of 256 bits of chance, kept only as a hash; whoever holds the link must still prove to be the person.
 * An older open visit about the same job is superseded: its link does nothing any more.
 */
export async function openLinkedVisit(tx: Db, wanted: VisitWanted): Promise<{ id: ConnectVisitId; token: string }> {
  if (wanted.jobId !== null)
    await tx
      .updateTable('connect_visits')
      .set({ status: 'superseded' })
      .where('job_id', '=', wanted.jobId)
      .where('status', '=', 'open')
      .execute()
  const token = randomBytes(32).toString('base64url')
  return { id: await insertVisit(tx, wanted, hashOf(token)), token }
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
  const row = await db
    .selectFrom('connect_visits')
    .selectAll()
    .where('token_hash', '=', hashOf(token))
    .executeTakeFirst()
  return row && fromRow(row)
}

export async function findVisit(db: Db, id: string): Promise<ConnectVisit | undefined> {
  const row = await db
    .selectFrom('connect_visits')
    .selectAll()
    .where('id', '=', id as ConnectVisitId)
    .executeTakeFirst()
  return row && fromRow(row)
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

/** A visit's page, for its person's own session; `note` is the code of a word about what just happened. */
export const visitPath = (visit: ConnectVisit, note?: string): string =>
  `/connect/v/${visit.id}${note ? `?note=${note}` : ''}`

/** Whether a visit can still lead to anything. */
export const isOpen = (visit: ConnectVisit, now: Date): boolean => visit.status === 'open' && visit.expiresAt > now

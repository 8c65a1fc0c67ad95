import { sql } from 'kysely'
import type { ConnectVisitId, JobId, PersonId, WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { recordAudit } from '#people/audit.ts'
import { PERSON_COLUMNS, type Person, personFromRow } from '#people/person.ts'
import type { AskingContext } from './context.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/** So many times in a day, and a person is sent no link for a day. */
const BURNT_A_DAY = 3

export interface Burning {
  person: Person
  visits: { id: ConnectVisitId; jobId: JobId | null }[]
  /** A wrong code was typed; or the person says that they opened nothing. */
  why: 'wrong_code' | 'not_me'
}

/**
 * Gives up the links of these visits for good, in the caller's transaction: no browser can be tied to them, those that were are not any
 * more, and their codes are worth nothing. The jobs behind them go on waiting. The third time in a day pauses asking this person; that,
 * and each `not_me`, is told to owners and admins at once. Answers whether asking is paused now.
 */
export async function burnLinks(ctx: AskingContext, tx: Db, { person, visits, why }: Burning): Promise<boolean> {
  const now = ctx.clock()
  const { workspaceId, id: personId } = person
  await tx
    .updateTable('connect_visits')
    .set({ status: 'burnt', burnt_at: now })
    .where(
      'id',
      'in',
      visits.map(({ id }) => id),
    )
    .execute()
  for (const { id, jobId } of visits) {
    const details = { why, person_id: personId, job_id: jobId }
    await recordAudit(tx, { workspaceId }, { action: 'connect.link_burnt', targetId: id, details })
  }
  if (why === 'not_me')
    await tellAdministrators(
      ctx,
      tx,
      workspaceId,
      `${person.name} says that somebody else opened their connect link. The link is dead; the audit log has the details.`,
    )
  const paused = await pauseIfDue(ctx, tx, person)
  return paused
}

/** Counted since the last pause, so that whom an administrator let go on begins anew. */
async function pauseIfDue(ctx: AskingContext, tx: Db, person: Person): Promise<boolean> {
  const now = ctx.clock()
  const { rows } = await sql<{ times: number; paused: boolean }>`
    select count(distinct visits.burnt_at)::integer as times, coalesce(persons.asking_paused_until > ${now}, false) as paused
    from persons left join connect_visits visits on visits.person_id = persons.id and visits.status = 'burnt'
      and visits.burnt_at > greatest(${new Date(now.getTime() - DAY_MS)}::timestamptz, persons.asking_paused_until)
    where persons.id = ${person.id} group by persons.id`.execute(tx)
  const [row] = rows
  if (row?.paused) return true
  if (!row || row.times < BURNT_A_DAY) return false
  const until = new Date(now.getTime() + DAY_MS)
  await tx.updateTable('persons').set({ asking_paused_until: until }).where('id', '=', person.id).execute()
  const event = {
    action: 'connect.asking_paused',
    targetId: person.id,
    details: { until: until.toISOString() },
  } as const
  await recordAudit(tx, { workspaceId: person.workspaceId }, event)
  const text = `Three connect links of ${person.name} were given up in a day, so Behalf sends them no more for 24 hours. Find out what happened; you can let them go on sooner under People.`
  await tellAdministrators(ctx, tx, person.workspaceId, text)
  return true
}

/** Whether this person is sent no links for now. */
export async function isAskingPaused(db: Db, personId: PersonId, now: Date): Promise<boolean> {
  const row = await db
    .selectFrom('persons')
    .select('id')
    .where('id', '=', personId)
    .where('asking_paused_until', '>', now)
    .executeTakeFirst()
  return row !== undefined
}

/** Until when whom of a workspace is sent no links. */
export async function listAskingPauses(db: Db, workspaceId: WorkspaceId, now: Date): Promise<Map<PersonId, Date>> {
  const rows = await db
    .selectFrom('persons')
    .select(['id', 'asking_paused_until as until'])
    .where('workspace_id', '=', workspaceId)
    .where('asking_paused_until', 'is not', null)
    .execute()
  return new Map(rows.flatMap(({ id, until }) => (until && until > now ? [[id, until]] : [])))
}

async function tellAdministrators(ctx: AskingContext, tx: Db, workspaceId: WorkspaceId, text: string): Promise<void> {
  const rows = await tx
    .selectFrom('persons')
    .select(PERSON_COLUMNS)
    .where('workspace_id', '=', workspaceId)
    .where('role', 'in', ['owner', 'admin'])
    .where('status', '=', 'active')
    .orderBy('id')
    .execute()
  for (const row of rows) await ctx.tellPerson(tx, { person: personFromRow(row), jobId: null, text })
}

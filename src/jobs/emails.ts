import { sql } from 'kysely'
import { newId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import type { Person } from '#people/person.ts'
import type { JobsContext } from './context.ts'

/** Longer than a mail server may take for one. */
const CLAIM_MS = 5 * 60_000
const AT_ONCE = 20

/** Puts an e-mail on its way, in the caller's transaction. Nothing where no mail server is set up, or the person has no address. */
export async function writeEmail(
  ctx: JobsContext,
  tx: Db,
  { person, subject, body }: { person: Person; subject: string; body: string },
): Promise<void> {
  if (!ctx.sendMail || !person.email) return
  const { id: person_id, workspaceId: workspace_id } = person
  await tx
    .insertInto('emails')
    .values({ id: newId('email'), workspace_id, person_id, subject, body })
    .execute()
}

/**
 * Sends what is due, one after the other, each claimed by one machine when its turn comes, at least once. Where the mail server takes one
 * not, the others are left for the next time; it is tried again for a day. It goes to the address that the person has by then, and to
 * nobody who has left.
 */
export async function deliverEmails(ctx: JobsContext): Promise<void> {
  if (!ctx.sendMail) return
  for (let sent = 0; sent < AT_ONCE; sent++) {
    const email = await claimNext(ctx)
    if (!email || !(await deliver(ctx, email))) return
  }
}

interface Claimed {
  id: string
  subject: string
  body: string
  attempts: number
  is_old: boolean
  address: string | null
}

async function claimNext({ db }: JobsContext): Promise<Claimed | undefined> {
  const { rows } = await sql<Claimed>`
    update emails set attempts = attempts + 1, next_at = now() + ${CLAIM_MS} * interval '1 millisecond'
    from persons p
    where p.id = emails.person_id and emails.id = (
      select id from emails where status = 'pending' and next_at <= now() order by next_at limit 1 for update skip locked)
    returning emails.id, subject, body, attempts, emails.created_at < now() - interval '1 day' as is_old,
      case p.status when 'active' then p.email end as address`.execute(db)
  return rows[0]
}

/** False where the mail server did not take it. */
async function deliver(ctx: JobsContext, email: Claimed): Promise<boolean> {
  const { id, attempts, is_old } = email
  const outcome = email.address === null ? 'given_up' : await trySending(ctx, { ...email, to: email.address })
  const status = outcome === 'pending' && is_old ? 'given_up' : outcome
  if (outcome === 'pending' && is_old) ctx.log.error({ email: id, attempts }, 'an e-mail was given up')
  const pauseMs = Math.min(1000 * 2 ** attempts, 3_600_000)
  await ctx.db
    .updateTable('emails')
    .set({ status, next_at: sql<Date>`now() + ${pauseMs} * interval '1 millisecond'` })
    .where('id', '=', id)
    .execute()
  return outcome !== 'pending'
}

async function trySending(
  ctx: JobsContext,
  { id, to, subject, body }: Pick<Claimed, 'id' | 'subject' | 'body'> & { to: string },
): Promise<'sent' | 'pending'> {
  try {
    await ctx.sendMail?.({ messageId: id, to, subject, text: body })
    return 'sent'
  } catch (err) {
    ctx.log.warn({ err, email: id }, 'an e-mail was not sent')
    return 'pending'
  }
}

/** Forgets what was sent, or given up, thirty days ago. */
export async function deleteOldEmails({ db }: JobsContext): Promise<void> {
  await sql`delete from emails where status <> 'pending' and created_at < now() - interval '30 days'`.execute(db)
}

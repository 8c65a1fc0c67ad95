import { sql } from 'kysely'
import { newId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import type { Person } from '#people/person.ts'
import type { JobsContext } from './context.ts'

const CLAIM_MS = 60_000
const MAX_ATTEMPTS = 12

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
 * Sends what is due, claimed by one machine at a time, at least once; what the mail server does not take is tried again for some hours.
 * It goes to the address that the person has by then, and to nobody who has left.
 */
export async function deliverEmails(ctx: JobsContext): Promise<void> {
  if (!ctx.sendMail) return
  const { rows } = await sql<{ id: string; subject: string; body: string; attempts: number; address: string | null }>`
    update emails set attempts = attempts + 1, next_at = now() + ${CLAIM_MS} * interval '1 millisecond'
    from persons p
    where p.id = emails.person_id and emails.id in (
      select id from emails where status = 'pending' and next_at <= now() order by next_at limit 20 for update skip locked)
    returning emails.id, subject, body, attempts, case p.status when 'active' then p.email end as address`.execute(
    ctx.db,
  )
  for (const { id, subject, body, attempts, address } of rows) {
    const outcome = address === null ? 'given_up' : await trySending(ctx, { id, to: address, subject, text: body })
    const status = outcome === 'pending' && attempts >= MAX_ATTEMPTS ? 'given_up' : outcome
    const pauseMs = Math.min(1000 * 2 ** attempts, 3_600_000)
    await ctx.db
      .updateTable('emails')
      .set({ status, next_at: sql<Date>`now() + ${pauseMs} * interval '1 millisecond'` })
      .where('id', '=', id)
      .execute()
  }
}

async function trySending(
  ctx: JobsContext,
  { id, ...mail }: { id: string; to: string; subject: string; text: string },
): Promise<'sent' | 'pending'> {
  try {
    await ctx.sendMail?.({ ...mail, messageId: id })
    return 'sent'
  } catch (err) {
    ctx.log.warn({ err, email: id }, 'an e-mail was not sent')
    return 'pending'
  }
}

import {
  countTold,
  type DelegationRequest,
  findLatestRequest,
  openDelegationRequest,
} from '#asking/delegation-requests.ts'
import { describeFootprint } from '#asking/describe-footprint.ts'
import type { NamingRecipe } from '#asking/naming-recipe.ts'
import { findDelegation, type lockDelegable } from '#connections/delegations.ts'
import { UserError } from '#core/errors.ts'
import type { PersonId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { recordAudit } from '#people/audit.ts'
import { PERSON_COLUMNS, personFromRow } from '#people/person.ts'
import type { JobsContext } from './context.ts'
import { writeEmail } from './emails.ts'
import { tellPerson } from './tell-person.ts'

const TOLD_AGAIN_AFTER_MS = 24 * 60 * 60 * 1000
const TOLD_A_DAY = 10

/** A connection whose row the caller's transaction holds. */
export type Delegable = Awaited<ReturnType<typeof lockDelegable>>[number]

export interface DelegationAsked {
  delegable: Delegable
  recipe: NamingRecipe
  /** Who named the connection; null when a run asks. */
  askedBy: PersonId | null
  /** Somebody wants to ask once more, also what was declined. */
  again?: boolean
}

/**
 * Asks a person to let a recipe use their connection without them, in the caller's transaction, which holds the connection: one request for
 * the two, told where they chat with Behalf and by e-mail. What they declined is asked again only by somebody who wants to (`again`), and
 * nobody is told of the same twice in 24 hours (`delegation_asked_lately`), nor of more than ten a day: the rest stands in My connections.
 */
export async function requestDelegation(
  ctx: JobsContext,
  tx: Db,
  { delegable, recipe, askedBy, again = false }: DelegationAsked,
): Promise<'open' | 'declined'> {
  const personId = delegable.person_id as PersonId
  const pair = { connectionId: delegable.id, recipeId: recipe.id }
  const latest = await findLatestRequest(tx, pair)
  if (!again && latest?.status === 'open') return 'open'
  if (!again && latest?.status === 'declined') return 'declined'
  const now = ctx.clock()
  const since = new Date(now.getTime() - TOLD_AGAIN_AFTER_MS)
  // What they were told of before they accepted is not this.
  const toldBefore = latest?.status === 'accepted' ? null : (latest?.told_at ?? null)
  const toldLately = toldBefore !== null && toldBefore > since
  if (again && toldLately) throw askedLately()
  const tells = !toldLately && (await countTold(tx, { personId, since })) < TOLD_A_DAY
  const toldAt = tells ? now : toldBefore
  if (latest?.status === 'open') await askOnceMore(tx, latest, { toldAt, askedBy })
  else await openDelegationRequest(tx, { ...pair, personId, workspaceId: delegable.workspace_id, askedBy, toldAt, now })
  if (tells) await tell(ctx, tx, { delegable, recipe, askedBy })
  return 'open'
}

/** The same request, once more. */
async function askOnceMore(
  tx: Db,
  { id, workspace_id: workspaceId, person_id, connection_id, recipe_id }: DelegationRequest,
  { toldAt, askedBy }: { toldAt: Date | null; askedBy: PersonId | null },
): Promise<void> {
  await tx.updateTable('delegation_requests').set({ told_at: toldAt }).where('id', '=', id).execute()
  const details = { person_id, connection_id, recipe_id, asked_by: askedBy, again: true }
  await recordAudit(tx, { workspaceId }, { action: 'delegation.requested', targetId: id, details })
}

const askedLately = () =>
  new UserError('delegation_asked_lately', 'They were asked within the last 24 hours. Ask again tomorrow.', {
    status: 429,
  })

/** No link that does anything: only the person's own session answers. */
async function tell(ctx: JobsContext, tx: Db, { delegable, recipe, askedBy }: DelegationAsked): Promise<void> {
  const rows = await tx
    .selectFrom('persons')
    .select(PERSON_COLUMNS)
    .where('id', 'in', [delegable.person_id as PersonId, ...(askedBy ? [askedBy] : [])])
    .execute()
  const row = rows.find(({ id }) => id === delegable.person_id)
  if (row?.status !== 'active') return
  const asker = rows.find(({ id }) => id === askedBy)?.name
  const now = ctx.clock()
  const given = await findDelegation(
    tx,
    { connectionId: delegable.id, recipeId: recipe.id },
    { footprint: recipe.use.footprint, now },
  )
  const grown =
    given?.state === 'lapsed' ? recipe.use.footprint.filter((each) => !given.footprint.includes(each)) : null
  const does = describeFootprint(ctx, grown ?? recipe.use.footprint, delegable.parent_id ?? delegable.id)
  const list = new Intl.ListFormat('en').format(does)
  const account = [delegable.name, delegable.account_label].filter(Boolean).join(', ')
  const what = does.length === 0 ? '' : grown ? ` It now also would ${list}.` : ` It would ${list}.`
  const text = `${asker ? `${asker} asks: may` : 'May'} “${recipe.name}” use your ${account} while nobody runs it?${what} You choose until when.`
  const url = new URL('/my/connections', ctx.publicUrl).href
  const person = personFromRow(row)
  await tellPerson(ctx, tx, { person, jobId: null, text, links: [{ label: 'Answer', url }] })
  const subject = `May “${recipe.name}” use your ${delegable.name}?`
  await writeEmail(ctx, tx, { person, subject, body: `${text}\n\nSign in to answer:\n${url}\n` })
}

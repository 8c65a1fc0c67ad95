import { sql } from 'kysely'
import { findNamingRecipe, type NamingRecipe } from '#asking/naming-recipe.ts'
import { lockDelegable } from '#connections/delegations.ts'
import { UserError } from '#core/errors.ts'
import type { JobId, RecipeId, WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { PERSON_COLUMNS, personFromRow } from '#people/person.ts'
import { canBeAsked } from './ask-delegators.ts'
import type { JobsContext } from './context.ts'
import { waitKeyOf } from './continue-delegated.ts'
import { writeEmail } from './emails.ts'
import { reasonToWait, type Undelegated } from './find-undelegated.ts'
import { type Delegable, requestDelegation } from './request-delegation.ts'
import { tellPerson } from './tell-person.ts'

/** How many jobs of a recipe may wait for the same leave; of a schedule's one is enough. */
const MOST_WAITING = 100

/** What is asked of whom, once it is sure that asking makes sense. */
interface AskedOf extends Undelegated {
  delegable: Delegable
  recipe: NamingRecipe
}

/**
 * Holds the connections that a job needs, reads again what is missing of them, and asks for what must be delegated; in the transaction that
 * makes the job wait. Empty when everything was delegated meanwhile. Refuses with `delegation_declined` what its person
 * declined, with `delegated_connection_unusable` what nobody can give, and with `recipe_changed_meanwhile` a job that would do what the
 * recipe does no more: leave is only ever asked for what it does now.
 */
export async function askForMissing(
  ctx: JobsContext,
  tx: Db,
  { workspaceId, missing }: { workspaceId: WorkspaceId; missing: Undelegated[] },
): Promise<AskedOf[]> {
  const held = await lockDelegable(tx, {
    connectionIds: missing.map(({ connectionId }) => connectionId),
    recipeIds: missing.map(({ use }) => use.recipeId),
  })
  const asked: AskedOf[] = []
  for (const each of missing) {
    const reason = await reasonToWait({ ...ctx, db: tx }, each)
    if (!reason) continue
    const delegable = held.find(({ id }) => id === each.connectionId)
    const recipe = await findNamingRecipe(ctx, tx, { workspaceId, recipeId: each.use.recipeId })
    if (!delegable || !recipe || !canBeAsked(delegable)) throw unusable()
    if (each.use.footprint.some((entry) => !recipe.use.footprint.includes(entry))) throw changedMeanwhile(recipe)
    if (
      reason === 'consent_needed' &&
      (await requestDelegation(ctx, tx, { delegable, recipe, askedBy: null })) === 'declined'
    )
      throw declined(recipe)
    asked.push({ ...each, reason, delegable, recipe })
  }
  return asked
}

/**
 * Makes a recorded job wait for them, in the transaction of `askForMissing`. Whoever must connect again is told by the first job that waits;
 * of a connection that was lost they are told anyway, with a link.
 */
export async function waitForDelegator(
  ctx: JobsContext,
  tx: Db,
  { jobId, step, asked }: { jobId: JobId; step: string | null; asked: AskedOf[] },
): Promise<void> {
  const expires_at = new Date(ctx.clock().getTime() + ctx.askForMs)
  for (const each of asked) {
    const key = keyOf(each)
    if (
      each.reason !== 'consent_needed' &&
      each.reason !== 'expired' &&
      (await countWaiting(tx, { key, most: 1 })) === 0
    )
      await tellToReconnect(ctx, tx, each)
    await tx.insertInto('waits').values({ job_id: jobId, kind: 'delegation', key, step, expires_at }).execute()
  }
}

async function tellToReconnect(ctx: JobsContext, tx: Db, { personId, delegable, recipe }: AskedOf): Promise<void> {
  const row = await tx.selectFrom('persons').select(PERSON_COLUMNS).where('id', '=', personId).executeTakeFirstOrThrow()
  const person = personFromRow(row)
  const text = `“${recipe.name}” waits for your ${delegable.name}, which you let it use without you: connect it again.`
  const url = new URL('/my/connections', ctx.publicUrl).href
  await tellPerson(ctx, tx, { person, jobId: null, text, links: [{ label: 'My connections', url }] })
  await writeEmail(ctx, tx, { person, subject: `Connect ${delegable.name} again`, body: `${text}\n\n${url}\n` })
}

/** Keeps what nobody answers from piling up: `delegation_awaited` (429) when enough jobs of the recipe wait already. */
export async function refuseTooManyWaiting(
  tx: Db,
  { recipeId, surface, asked }: { recipeId: RecipeId; surface: string; asked: AskedOf[] },
): Promise<void> {
  const most = surface === 'schedule' ? 1 : MOST_WAITING
  for (const each of asked)
    if ((await countWaiting(tx, { key: keyOf(each), most, of: { recipeId, surface } })) >= most) throw awaited()
}

const keyOf = ({ connectionId, use }: AskedOf): string => waitKeyOf({ connectionId, recipeId: use.recipeId })

/** How many jobs wait for the same, or those of one recipe alone; not counted beyond `most`. */
async function countWaiting(
  tx: Db,
  { key, most, of }: { key: string; most: number; of?: { recipeId: RecipeId; surface: string } },
): Promise<number> {
  const these = of ? sql`j.recipe_id = ${of.recipeId} and j.surface = ${of.surface}` : sql`true`
  const { rows } = await sql<{ waiting: number }>`
    select count(*)::int as waiting from (
      select from waits w join jobs j on j.id = w.job_id where w.kind = 'delegation' and w.key = ${key} and ${these} limit ${most}
    ) waiting`.execute(tx)
  return rows[0]?.waiting ?? 0
}

const unusable = () =>
  new UserError(
    'delegated_connection_unusable',
    'The connection named for the function cannot be used, and its person cannot be asked. Name another.',
    { status: 409 },
  )

const changedMeanwhile = ({ name }: NamingRecipe) =>
  new UserError(
    'recipe_changed_meanwhile',
    `“${name}” was changed since this began, and leave is asked only for what it does now. Run it anew.`,
    { status: 409 },
  )

const declined = ({ name }: NamingRecipe) =>
  new UserError(
    'delegation_declined',
    `The person whose connection “${name}” uses declined to delegate it. Its builder can ask again on the recipe’s page.`,
    { status: 409 },
  )

const awaited = () =>
  new UserError(
    'delegation_awaited',
    'The recipe waits for a person to delegate their connection, and enough of its jobs wait already. Try again later.',
    { status: 429 },
  )

import { describeFootprint } from '#asking/describe-footprint.ts'
import { findNamingRecipe } from '#asking/naming-recipe.ts'
import { tickOf } from '#asking/waiting-recipes.ts'
import { findDelegation } from '#connections/delegations.ts'
import type { ConnectionId, DelegationRequestId, PersonId, RecipeId } from '#core/ids.ts'
import { waitKeyOf } from '#jobs/continue-delegated.ts'
import type { Actor } from '#people/actor.ts'
import type { CommandsContext } from '../context.ts'
import { requirePerson } from '../identify.ts'
import { peopleOf } from './delegations.ts'

/** What a person is asked to let a recipe do without them, as it stands now. */
export interface ViewedDelegationRequest {
  id: DelegationRequestId
  person: { id: PersonId; name: string }
  connection: { id: ConnectionId; name: string; accountLabel: string | null }
  recipe: { id: RecipeId; name: string }
  /** Who named the connection; null when a run asks. */
  askedBy: string | null
  askedAt: Date
  /** What the recipe would do, in plain words. */
  does: string[]
  /** What of that is more than was delegated before; empty where nothing was. */
  growth: string[]
  /** Until when it was delegated, when that is over. */
  endedAt: Date | null
  /** How many jobs wait for it. */
  jobsWaiting: number
  /** To be sent with an acceptance: it is for this and nothing else. */
  shown: string
}

/** What one is asked to delegate, the newest first; for whoever may create connections that of service persons as well. */
export async function viewDelegationRequests(ctx: CommandsContext, actor: Actor): Promise<ViewedDelegationRequest[]> {
  const by = requirePerson(actor)
  const rows = await openRequests(ctx, await peopleOf(ctx, by))
  const viewed = await Promise.all(rows.map((row) => view(ctx, row)))
  return viewed.filter((each) => each !== undefined)
}

type Row = Awaited<ReturnType<typeof openRequests>>[number]

function openRequests(ctx: CommandsContext, personIds: PersonId[]) {
  return ctx.db
    .selectFrom('delegation_requests')
    .innerJoin('connections', 'connections.id', 'delegation_requests.connection_id')
    .innerJoin('persons', 'persons.id', 'delegation_requests.person_id')
    .leftJoin('persons as asker', 'asker.id', 'delegation_requests.asked_by')
    .selectAll('delegation_requests')
    .select(['connections.name as connection_name', 'connections.account_label', 'connections.parent_id'])
    .select(['persons.name as person_name', 'asker.name as asker_name'])
    .where('delegation_requests.person_id', 'in', personIds)
    .where('delegation_requests.status', '=', 'open')
    .where('connections.deleted_at', 'is', null)
    .orderBy('delegation_requests.id', 'desc')
    .limit(200)
    .execute()
}

/** Undefined for what has no object any more. */
async function view(ctx: CommandsContext, row: Row): Promise<ViewedDelegationRequest | undefined> {
  const { workspace_id: workspaceId, connection_id: connectionId, recipe_id: recipeId } = row
  const recipe = await findNamingRecipe(ctx, ctx.db, { workspaceId, recipeId })
  if (recipe?.status !== 'started' || !recipe.named.includes(connectionId)) return undefined
  const { footprint } = recipe.use
  const given = await findDelegation(ctx.db, { connectionId, recipeId }, { footprint, now: ctx.clock() })
  const grown = given ? footprint.filter((entry) => !given.footprint.includes(entry)) : []
  const inWords = (entries: readonly string[]) => describeFootprint(ctx, entries, row.parent_id ?? connectionId)
  return {
    id: row.id,
    person: { id: row.person_id, name: row.person_name },
    connection: { id: connectionId, name: row.connection_name, accountLabel: row.account_label },
    recipe: { id: recipeId, name: recipe.name },
    askedBy: row.asker_name,
    askedAt: row.told_at ?? row.created_at,
    does: inWords(footprint),
    growth: inWords(grown),
    endedAt: given?.state === 'expired' ? given.until : null,
    jobsWaiting: await countWaiting(ctx, waitKeyOf({ connectionId, recipeId })),
    shown: tickOf(recipe.use),
  }
}

async function countWaiting(ctx: CommandsContext, key: string): Promise<number> {
  const { waiting } = await ctx.db
    .selectFrom('waits')
    .select(({ fn }) => fn.countAll<string>().as('waiting'))
    .where('kind', '=', 'delegation')
    .where('key', '=', key)
    .executeTakeFirstOrThrow()
  return Number(waiting)
}

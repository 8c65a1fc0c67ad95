import { describeFootprint } from '#asking/describe-footprint.ts'
import { type DelegationFilter, listDelegations } from '#connections/delegations.ts'
import type { ConnectionId, DelegationId, PersonId, RecipeId } from '#core/ids.ts'
import { type Actor, workspaceOf } from '#people/actor.ts'
import { footprintOf } from '#recipes/footprint.ts'
import { loadProgram } from '#recipes/program.ts'
import { documentOfRow, selectRecipes } from '#recipes/stored-recipe.ts'
import type { CommandsContext } from '../context.ts'

/** A delegation, with what it is for by now. */
export interface ViewedDelegation {
  id: DelegationId
  person: { id: PersonId; name: string }
  connection: { id: ConnectionId; name: string; accountLabel: string | null }
  /** Null when the recipe was deleted. */
  recipe: { id: RecipeId; name: string } | null
  /** active; lapsed: the recipe does more by now than was delegated, or is gone; expired: its date is over. */
  state: 'active' | 'lapsed' | 'expired'
  /** What the recipe does by now beyond what was delegated, in plain words. */
  growth: string[]
  createdAt: Date
  expiresAt: Date
}

/** Those of the actor's workspace that fit and were not ended, the newest first. Who may see them is for the caller to ask. */
export async function readDelegations(
  ctx: CommandsContext,
  actor: Actor,
  filter: DelegationFilter,
): Promise<ViewedDelegation[]> {
  const rows = await listDelegations(ctx.db, workspaceOf(actor), filter)
  const recipes = await recipesById(
    ctx,
    actor,
    rows.map(({ recipe_id }) => recipe_id),
  )
  return rows.map((row) => {
    const recipe = recipes.get(row.recipe_id)
    const growth = (recipe?.footprint ?? []).filter((each) => !row.footprint.includes(each))
    return {
      id: row.id,
      person: { id: row.person_id, name: row.person_name },
      connection: { id: row.connection_id, name: row.connection_name, accountLabel: row.account_label },
      recipe: recipe ? { id: row.recipe_id, name: recipe.name } : null,
      state: row.expires_at <= ctx.clock() ? 'expired' : !recipe || growth.length > 0 ? 'lapsed' : 'active',
      growth: describeFootprint(ctx, growth, row.parent_id ?? row.connection_id),
      createdAt: row.created_at,
      expiresAt: row.expires_at,
    }
  })
}

async function recipesById(
  ctx: CommandsContext,
  actor: Actor,
  ids: RecipeId[],
): Promise<Map<RecipeId, { name: string; footprint: string[] }>> {
  if (ids.length === 0) return new Map()
  const rows = await selectRecipes(ctx.db, workspaceOf(actor)).where('recipes.id', 'in', ids).execute()
  const recipes = new Map<RecipeId, { name: string; footprint: string[] }>()
  for (const row of rows) {
    const program = await loadProgram(ctx.db, { ...row, document: documentOfRow(row) })
    recipes.set(row.id, { name: row.name, footprint: footprintOf(program, ctx.connectors) })
  }
  return recipes
}

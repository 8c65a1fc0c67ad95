import { UserError } from '#core/errors.ts'
import type { RecipeId } from '#core/ids.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import { takeFromLimit } from '#people/rate-limit.ts'
import { evaluateMapping } from '#recipes/expressions/evaluate-mapping.ts'
import { loadRecipe } from '#recipes/load-recipe.ts'
import { findJsonProblem } from '#recipes/plain-json.ts'
import { recipeInvalid } from '#recipes/problem.ts'
import type { Json, Scope } from '#recipes/scope.ts'
import type { Mapping } from '#recipes/step.ts'
import type { CommandsContext } from '../context.ts'

/** In a workspace: each may keep one of the few workers busy for a second. */
const PREVIEWS_A_MINUTE = 120

const EMPTY: Scope = { trigger: {}, steps: {}, person: null, job: { id: '', recipe: '', created_at: '' } }

/**
 * What a mapping yields with data that somebody made up; no job's data is read. Needs Edit recipes. Paths in its errors begin with
 * `mapping`. Refuses `recipe_not_found`, `recipe_invalid` for what no recipe could hold, `too_many_attempts` (429), and what
 * `evaluateMapping` throws.
 */
export async function previewMapping(
  ctx: CommandsContext,
  actor: Actor,
  { recipeId, mapping, sample }: { recipeId: RecipeId; mapping: unknown; sample: object },
): Promise<Json> {
  requirePrivilege(actor, 'recipes.edit')
  const workspaceId = workspaceOf(actor)
  await loadRecipe(ctx.db, { workspaceId, recipeId })
  const problem = findJsonProblem(mapping)
  if (problem) throw recipeInvalid([problem])
  const limit = { key: `mapping-preview:${workspaceId}`, limit: PREVIEWS_A_MINUTE, windowMs: 60_000 }
  const { allowed, retryAfterSeconds } = await takeFromLimit(ctx.db, limit, ctx.clock())
  if (!allowed) {
    const message = `Too many previews at once. Try again in ${retryAfterSeconds} seconds.`
    throw new UserError('too_many_attempts', message, { status: 429, details: { retryAfterSeconds } })
  }
  return evaluateMapping(ctx, mapping as Mapping, { scope: { ...EMPTY, ...sample }, path: 'mapping' })
}

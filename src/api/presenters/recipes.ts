import type { z } from 'zod'
import type { RecipeVersion as KeptVersion } from '#commands/recipes/list-recipes.ts'
import type { Checked } from '#commands/recipes/push-recipes.ts'
import type { SavedRecipe } from '#commands/recipes/save-recipe.ts'
import type { ListedRecipe, ViewedRecipe } from '#commands/recipes/view-recipe.ts'
import type { PushedRecipe, RecipeBody, RecipeSummary, RecipeVersion } from '../contract.ts'

export function presentRecipeSummary(recipe: ListedRecipe): z.infer<typeof RecipeSummary> {
  const { trigger } = recipe.document
  return {
    id: recipe.id,
    name: recipe.name,
    project_id: recipe.projectId,
    environment: recipe.environment,
    status: recipe.status,
    stopped_reason: recipe.stoppedReason,
    stopped_at: recipe.stoppedAt?.toISOString() ?? null,
    version: recipe.version,
    trigger: { kind: trigger.kind, command: trigger.kind === 'command' ? trigger.command : null },
    schedule: presentSchedule(recipe),
    personal: recipe.personal,
    created_at: recipe.createdAt.toISOString(),
  }
}

function presentSchedule({
  document: { trigger },
  nextRunAt,
}: ListedRecipe): z.infer<typeof RecipeSummary>['schedule'] {
  if (trigger.kind !== 'schedule') return null
  return { cron: trigger.cron, time_zone: trigger.time_zone, next_run_at: nextRunAt?.toISOString() ?? null }
}

export function presentRecipe(recipe: ViewedRecipe): z.infer<typeof RecipeBody> {
  return {
    ...presentRecipeSummary(recipe),
    document: recipe.document,
    problems: recipe.problems,
    shared_with: recipe.sharedWith,
  }
}

export function presentSavedRecipe(recipe: SavedRecipe) {
  return { ...presentRecipe(recipe), webhook_url: recipe.webhookUrl }
}

export function presentRecipeVersion(version: KeptVersion): z.infer<typeof RecipeVersion> {
  const { comment, createdAt, createdBy } = version
  return { version: version.version, comment, created_at: createdAt.toISOString(), created_by: createdBy }
}

export function presentPushedRecipe({ recipe, ...rest }: Checked): z.infer<typeof PushedRecipe> {
  const { id, name, version, status } = recipe
  return { id, name, version, status, ...rest }
}

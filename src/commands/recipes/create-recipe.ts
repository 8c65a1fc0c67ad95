import type { ProjectId, RecipeId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import type { Environment } from '#database/tables.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import { copyRecipe as copy } from '#recipes/copy-recipe.ts'
import { createRecipe as create } from '#recipes/create-recipe.ts'
import { importRecipe as load } from '#recipes/import-recipe.ts'
import { loadRecipe } from '#recipes/load-recipe.ts'
import type { RecipeWithDocument } from '#recipes/stored-recipe.ts'
import type { CommandsContext } from '../context.ts'
import { writeApproved } from './approve-switch.ts'
import { completeRecipe, type ViewedRecipe } from './view-recipe.ts'

/** Where a new recipe is to live. */
export interface RecipePlace {
  projectId: ProjectId
  environment: Environment
}

/**
 * Makes a stopped recipe, shared with nobody, with `document` as its version 1. Needs Edit recipes, and with a switch on its privileges
 * too (`switch_needs_privileges`). Refuses `recipe_invalid`, `project_not_found`.
 */
export function createRecipe(
  ctx: CommandsContext,
  actor: Actor,
  { document, ...place }: RecipePlace & { document: unknown },
): Promise<ViewedRecipe> {
  requirePrivilege(actor, 'recipes.edit')
  return writeApproved(ctx, actor, { by: 'create', recipeId: null }, async (tx, approve) => {
    const recipe = await create(tx, { ...placed(actor, place), approve, document })
    return record(ctx, tx, actor, recipe, 'recipe.created')
  })
}

/** Makes a stopped recipe from an exported file; connections are found by name. Needs and refuses as `createRecipe`. */
export function importRecipe(
  ctx: CommandsContext,
  actor: Actor,
  { file, ...place }: RecipePlace & { file: unknown },
): Promise<ViewedRecipe> {
  requirePrivilege(actor, 'recipes.edit')
  return writeApproved(ctx, actor, { by: 'import', recipeId: null }, async (tx, approve) => {
    const recipe = await load(tx, { ...placed(actor, place), approve, file })
    return record(ctx, tx, actor, recipe, 'recipe.imported')
  })
}

/**
 * Makes a stopped recipe like another, or like an earlier version of it, beside it unless told where. Needs View and Edit recipes; a copied
 * switch is one turned on. Refuses `recipe_not_found`, `recipe_version_not_found`, and as `createRecipe`.
 */
export function copyRecipe(
  ctx: CommandsContext,
  actor: Actor,
  {
    recipeId,
    version,
    name,
    ...place
  }: { recipeId: RecipeId } & Undefinable<RecipePlace & { version: number; name: string }>,
): Promise<ViewedRecipe> {
  requirePrivilege(actor, 'recipes.view', 'recipes.edit')
  return writeApproved(ctx, actor, { by: 'copy', recipeId }, async (tx, approve) => {
    const source = await loadRecipe(tx, { workspaceId: workspaceOf(actor), recipeId })
    const { projectId = source.projectId, environment = source.environment } = place
    const target = { ...placed(actor, { projectId, environment }), ...(name !== undefined && { name }) }
    const recipe = await copy(tx, { ...target, ...(version !== undefined && { version }), recipeId, approve })
    return record(ctx, tx, actor, recipe, 'recipe.created', { copy_of: recipeId })
  })
}

type Undefinable<T> = { [K in keyof T]?: T[K] | undefined }

function placed(actor: Actor, { projectId, environment }: RecipePlace) {
  const personId = actor.kind === 'person' ? actor.person.id : null
  return { workspaceId: workspaceOf(actor), projectId, environment, personId }
}

async function record(
  ctx: CommandsContext,
  tx: Db,
  actor: Actor,
  recipe: RecipeWithDocument,
  action: 'recipe.created' | 'recipe.imported',
  more: Record<string, unknown> = {},
): Promise<ViewedRecipe> {
  const { name, environment, projectId: project } = recipe
  await recordAudit(tx, actor, { action, targetId: recipe.id, details: { name, environment, project, ...more } })
  return completeRecipe(ctx, tx, recipe)
}

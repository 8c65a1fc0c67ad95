import type { ProjectId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import type { Environment } from '#database/tables.ts'
import { askDelegators } from '#jobs/ask-delegators.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import { type Checked, checkRecipes as check } from '#recipes/check-recipes.ts'
import { readProjectFile } from '#recipes/exported-recipe.ts'
import { recipeInvalid } from '#recipes/problem.ts'
import { type Push, type Pushed, type PushedFile, pushRecipes as push } from '#recipes/push-recipes.ts'
import type { CommandsContext } from '../context.ts'
import { approveAll } from './approve-switch.ts'
import { completeRecipe } from './view-recipe.ts'

export type { Checked, PushedFile }

interface Files {
  projectId: ProjectId
  environment: Environment
  files: readonly PushedFile[]
}

/**
 * Makes and updates the recipes of a project's environment from files: all of them, or none. Needs View and Edit recipes, and to change a
 * switch its privileges too (`switch_needs_privileges`). Answers with what keeps each from being started; refuses as `pushRecipes` of recipes.
 * A dry run answers and refuses the same, and keeps nothing.
 */
export function pushRecipes(
  ctx: CommandsContext,
  actor: Actor,
  { comment, isDryRun, ...files }: Files & { comment?: string | undefined; isDryRun: boolean },
): Promise<Checked[]> {
  requirePrivilege(actor, 'recipes.view', 'recipes.edit')
  return write(ctx, actor, { ...files, comment: comment ?? null, by: 'push', isDryRun })
}

/** What `pushRecipes` would do, and what would be wrong with each recipe once all are started. Nothing is kept. Needs View and Edit recipes. */
export function checkRecipes(ctx: CommandsContext, actor: Actor, files: Files): Promise<Checked[]> {
  requirePrivilege(actor, 'recipes.view', 'recipes.edit')
  return check(ctx, { ...files, workspaceId: workspaceOf(actor) })
}

/** Makes stopped recipes from a project's file: all of them, or none. Needs Edit recipes, and for a switch its privileges. Refuses as `importRecipe`. */
export async function importProject(
  ctx: CommandsContext,
  actor: Actor,
  { file, ...place }: Omit<Files, 'files'> & { file: unknown },
): Promise<Checked[]> {
  requirePrivilege(actor, 'recipes.edit')
  const read = readProjectFile(file)
  if ('problems' in read) throw recipeInvalid(read.problems)
  const files = read.file.recipes.map((recipe) => ({ file: { format: 'behalf-recipe/1', recipe } }))
  return write(ctx, actor, { ...place, files, comment: null, by: 'import', isDryRun: false })
}

interface Written extends Files {
  comment: string | null
  by: 'push' | 'import'
  isDryRun: boolean
}

async function write(ctx: CommandsContext, actor: Actor, { by, isDryRun, ...files }: Written): Promise<Checked[]> {
  const personId = actor.kind === 'person' ? actor.person.id : null
  const done: Checked[] = []
  const undo = new Error('nothing is kept')
  const writing = approveAll(ctx, actor, by, async (tx, approve) => {
    const place = { ...files, workspaceId: workspaceOf(actor), personId }
    const approveOf: Push['approve'] = (id, isNew) => approve({ id, ifRefused: isNew ? null : id })
    for (const one of await push({ ...ctx, db: tx }, { ...place, approve: approveOf })) {
      await record(tx, actor, { ...one, by })
      await askDelegators(ctx, tx, { recipe: one.recipe, by: actor })
      done.push({ ...one, problems: (await completeRecipe(ctx, tx, one.recipe)).problems })
    }
    if (isDryRun) throw undo
  })
  await writing.catch((error: unknown) => {
    if (error !== undo) throw error
  })
  return done
}

async function record(
  tx: Db,
  actor: Actor,
  { outcome, recipe, by }: Pushed & { by: 'push' | 'import' },
): Promise<void> {
  const { id: targetId, name, version, environment, projectId: project } = recipe
  if (outcome === 'updated')
    await recordAudit(tx, actor, { action: 'recipe.changed', targetId, details: { name, version, by } })
  if (outcome === 'created')
    await recordAudit(tx, actor, { action: 'recipe.imported', targetId, details: { name, environment, project, by } })
}

import type { RecipeId } from '#core/ids.ts'
import { type Actor, hasPrivilege } from '#people/actor.ts'
import { listRunnableRecipes } from '#recipes/runnable-recipes.ts'
import type { RecipeWithDocument } from '#recipes/stored-recipe.ts'
import type { CommandsContext } from '../context.ts'
import { requirePerson } from '../identify.ts'
import { applicationsOf } from './applications-of.ts'

/** A recipe as those who run it see it. */
export interface RunnableRecipe {
  id: RecipeId
  name: string
  description: string
  /** What is typed in chat; null when it has no command, or one that is shown nowhere. */
  command: string | null
  /** The labels of the applications it acts in. */
  applications: string[]
}

/** The started recipes the person may run, by name: those shared with them, and none when their role does not allow running. */
export async function listMyRecipes(ctx: CommandsContext, actor: Actor): Promise<RunnableRecipe[]> {
  const { person } = requirePerson(actor)
  if (!hasPrivilege(actor, 'recipes.run')) return []
  const recipes = await listRunnableRecipes(ctx.db, { workspaceId: person.workspaceId, personId: person.id })
  return Promise.all(recipes.map((recipe) => asRunnable(ctx, recipe)))
}

async function asRunnable(ctx: CommandsContext, recipe: RecipeWithDocument): Promise<RunnableRecipe> {
  const { id, name, document } = recipe
  const { description, trigger } = document
  return {
    id,
    name,
    description,
    command: trigger.kind === 'command' && !trigger.hidden ? trigger.command : null,
    applications: await applicationsOf(ctx, recipe),
  }
}

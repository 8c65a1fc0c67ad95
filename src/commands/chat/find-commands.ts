import type { RecipeId } from '#core/ids.ts'
import { type Actor, requirePrivilege } from '#people/actor.ts'
import { readParameter } from '#recipes/read-input.ts'
import { listRunnableCommands, listStoppedCommands } from '#recipes/runnable-recipes.ts'
import type { Parameter } from '#recipes/step.ts'
import type { CommandsContext } from '../context.ts'
import { requirePerson } from '../identify.ts'
import { applicationsOf } from '../recipes/applications-of.ts'

export type { Parameter }
export { readParameter }

/** A command a person may run. */
export interface RunnableCommand {
  recipeId: RecipeId
  recipeName: string
  /** One to three words. */
  command: string
  /** It runs when it is typed, and is shown nowhere. */
  hidden: boolean
  description: string
  parameters: Parameter[]
  /** The applications it works with, by their labels. */
  applications: string[]
}

/** The commands a person may run, by command. */
export async function findCommands(ctx: CommandsContext, actor: Actor): Promise<RunnableCommand[]> {
  requirePrivilege(actor, 'recipes.run')
  const { person } = requirePerson(actor)
  const recipes = await listRunnableCommands(ctx.db, { workspaceId: person.workspaceId, personId: person.id })
  return Promise.all(
    recipes.map(async ({ trigger, ...recipe }) => ({
      recipeId: recipe.id,
      recipeName: recipe.name,
      command: trigger.command,
      hidden: trigger.hidden === true,
      description: recipe.document.description,
      parameters: trigger.parameters,
      applications: await applicationsOf(ctx, recipe),
    })),
  )
}

/** The commands a person could run if their recipe were not stopped, and why it is, where it was not a person who stopped it. */
export function findStoppedCommands(
  ctx: CommandsContext,
  actor: Actor,
): Promise<{ name: string; command: string; reason: string | null }[]> {
  const { person } = requirePerson(actor)
  return listStoppedCommands(ctx.db, { workspaceId: person.workspaceId, personId: person.id })
}

import type { RecipeId, WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { PERSON_COLUMNS, type Person, personFromRow } from '#people/person.ts'
import type { JobsContext } from './context.ts'
import { writeEmail } from './emails.ts'
import { tellPerson } from './tell-person.ts'

/** Something that a recipe's builder has to see to; never with data of a job. */
export interface BuilderNotice {
  workspaceId: WorkspaceId
  recipeId: RecipeId
  subject: string
  text: string
}

/**
 * Tells whoever made a recipe, in the caller's transaction: where they chat with Behalf, and by e-mail where that is set up. Where they
 * have left, the workspace's owners.
 */
export async function tellBuilder(ctx: JobsContext, tx: Db, notice: BuilderNotice): Promise<void> {
  const { recipeId, subject, text } = notice
  const url = new URL(`/recipes/${recipeId}`, ctx.publicUrl).href
  for (const person of await buildersOf(tx, notice)) {
    await tellPerson(ctx, tx, { person, jobId: null, text })
    await writeEmail(ctx, tx, { person, subject, body: `${text}\n\n${url}\n` })
  }
}

async function buildersOf(tx: Db, { workspaceId, recipeId }: BuilderNotice): Promise<Person[]> {
  const active = tx
    .selectFrom('persons')
    .select(PERSON_COLUMNS)
    .where('persons.workspace_id', '=', workspaceId)
    .where('persons.status', '=', 'active')
  const creator = await active
    .innerJoin('recipes', 'recipes.created_by', 'persons.id')
    .where('recipes.id', '=', recipeId)
    .executeTakeFirst()
  if (creator) return [personFromRow(creator)]
  return (await active.where('persons.role', '=', 'owner').execute()).map(personFromRow)
}

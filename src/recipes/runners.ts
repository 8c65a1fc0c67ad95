import { UserError } from '#core/errors.ts'
import type { GroupId, PersonId, RecipeId, WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { inTransaction } from '#database/in-transaction.ts'
import { lockRecipe } from './lock-recipe.ts'

/** Who may run a recipe, beside what their role allows. */
export interface Runners {
  everyone: boolean
  personIds: PersonId[]
  groupIds: GroupId[]
}

/** Replaces who may run a recipe. Throws `recipe_not_found`, and `runner_unknown` for a person or group that is not the workspace's. */
export async function setRunners(
  db: Db,
  { everyone, personIds, groupIds, ...ids }: Runners & { workspaceId: WorkspaceId; recipeId: RecipeId },
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const { id, workspaceId } = await lockRecipe(tx, ids)
    await requireAll(tx, 'persons', workspaceId, personIds)
    await requireAll(tx, 'groups', workspaceId, groupIds)
    await tx.updateTable('recipes').set({ shared_with_everyone: everyone }).where('id', '=', id).execute()
    await tx.deleteFrom('recipe_runners').where('recipe_id', '=', id).execute()
    const rows = [
      ...[...new Set(personIds)].map((person_id) => ({ recipe_id: id, person_id, group_id: null })),
      ...[...new Set(groupIds)].map((group_id) => ({ recipe_id: id, person_id: null, group_id })),
    ]
    if (rows.length > 0) await tx.insertInto('recipe_runners').values(rows).execute()
  })
}

async function requireAll(
  tx: Db,
  table: 'persons' | 'groups',
  workspaceId: WorkspaceId,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return
  const rows = await tx
    .selectFrom(table)
    .select('id')
    .where('id', 'in', ids as PersonId[] & GroupId[])
    .where('workspace_id', '=', workspaceId)
    .execute()
  const known = new Set<string>(rows.map(({ id }) => id))
  const unknown = ids.filter((id) => !known.has(id))
  if (unknown.length === 0) return
  const message = `There is no such ${table === 'persons' ? 'person' : 'group'}: ${unknown.join(', ')}.`
  throw new UserError('runner_unknown', message, { status: 422, details: { ids: unknown } })
}

/** Who may run a recipe, with names; by name. The caller has made sure of the workspace. */
export async function loadRunners(
  db: Db,
  recipeId: RecipeId,
): Promise<{ people: { id: PersonId; name: string }[]; groups: { id: GroupId; name: string }[] }> {
  const people = await db
    .selectFrom('recipe_runners')
    .innerJoin('persons', 'persons.id', 'recipe_runners.person_id')
    .select(['persons.id', 'persons.name'])
    .where('recipe_runners.recipe_id', '=', recipeId)
    .orderBy('persons.name')
    .execute()
  const groups = await db
    .selectFrom('recipe_runners')
    .innerJoin('groups', 'groups.id', 'recipe_runners.group_id')
    .select(['groups.id', 'groups.name'])
    .where('recipe_runners.recipe_id', '=', recipeId)
    .orderBy('groups.name')
    .execute()
  return { people, groups }
}

import type { PersonId, RecipeId, WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { parentIdsOf } from './load-recipe-facts.ts'
import { below, recipeInvalid } from './problem.ts'
import type { RecipeDocument } from './recipe.ts'

/**
 * Adds a version's row and brings `recipe_connections` in step with it. The caller has locked the recipe's row, had the change approved
 * and sets the recipe's own version and name.
 *
 * Throws `recipe_invalid` with `connection_missing` for the id of anything but a parent connection of this workspace, so that no document
 * ever names a child or another's connection. A parent that was deleted may be named, as in an old version: it cannot be started.
 */
export async function writeVersion(
  tx: Db,
  {
    recipeId,
    workspaceId,
    version,
    document,
    comment,
    personId,
  }: {
    recipeId: RecipeId
    workspaceId: WorkspaceId
    version: number
    document: RecipeDocument
    comment: string | null
    personId: PersonId | null
  },
): Promise<void> {
  await refuseUnknownParents(tx, workspaceId, document)
  await tx
    .insertInto('recipe_versions')
    .values({ recipe_id: recipeId, version, document: JSON.stringify(document), comment, created_by: personId })
    .execute()
  await tx.deleteFrom('recipe_connections').where('recipe_id', '=', recipeId).execute()
  const ids = new Set(parentIdsOf(document))
  if (ids.size === 0) return
  await tx
    .insertInto('recipe_connections')
    .values([...ids].map((id) => ({ recipe_id: recipeId, connection_id: id, personal: isPersonal(document, id) })))
    .execute()
}

async function refuseUnknownParents(tx: Db, workspaceId: WorkspaceId, document: RecipeDocument): Promise<void> {
  const ids = parentIdsOf(document)
  if (ids.length === 0) return
  const rows = await tx
    .selectFrom('connections')
    .select('id')
    .where('id', 'in', ids)
    .where('workspace_id', '=', workspaceId)
    .where('parent_id', 'is', null)
    .execute()
  const known = new Set<string>(rows.map(({ id }) => id))
  const problems = Object.entries(document.connections).flatMap(([alias, { connection_id }]) => {
    if (connection_id === null || known.has(connection_id)) return []
    const path = below(below('connections', alias), 'connection_id')
    return [{ path, code: 'connection_missing', message: 'There is no such connection: choose another.' }]
  })
  if (problems.length > 0) throw recipeInvalid(problems)
}

function isPersonal(document: RecipeDocument, id: string): boolean {
  return Object.values(document.connections).some((entry) => entry.connection_id === id && entry.personal)
}

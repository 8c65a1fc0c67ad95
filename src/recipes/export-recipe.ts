import type { RecipeId, WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import type { ExportedRecipe } from './exported-recipe.ts'
import { loadRecipe } from './load-recipe.ts'
import { parentIdsOf } from './load-recipe-facts.ts'
import type { RecipeDocument } from './recipe.ts'

/** A recipe's current version as a file for `importRecipe`. Throws `recipe_not_found`. */
export async function exportRecipe(
  db: Db,
  ids: { workspaceId: WorkspaceId; recipeId: RecipeId },
): Promise<ExportedRecipe> {
  const { document } = await loadRecipe(db, ids)
  return { format: 'behalf-recipe/1', recipe: withReferences(document, await loadReferences(db, document)) }
}

type Reference = { connector: string; name: string }

async function loadReferences(db: Db, document: RecipeDocument): Promise<Map<string, Reference>> {
  const ids = parentIdsOf(document)
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('connections')
    .select(['id', 'connector', 'name'])
    .where('id', 'in', ids)
    .where('parent_id', 'is', null)
    .execute()
  return new Map(rows.map(({ id, connector, name }) => [id, { connector, name }]))
}

function withReferences(document: RecipeDocument, references: Map<string, Reference>): ExportedRecipe['recipe'] {
  const connections = Object.entries(document.connections).map(([alias, { connector, connection_id, personal }]) => [
    alias,
    { connector, connection: references.get(connection_id ?? '') ?? null, personal },
  ])
  return { ...document, connections: Object.fromEntries(connections) }
}

import type { z } from 'zod'
import type { NewRecipe, RecipeBody, RecipeSummary } from '#api/contract.ts'
import type { RecipeDocument } from '#recipes/recipe.ts'
import type { BehalfSession } from './behalf-session.ts'

type Recipe = z.infer<typeof RecipeBody>

interface RecipeWanted extends Omit<z.infer<typeof NewRecipe>, 'document'> {
  document: z.input<typeof RecipeDocument>
}

/**
 * Makes a recipe, shares it with everyone and starts it. One of that name stays as it is, stopped ones too, unless it names a connection
 * that was deleted and made anew: then it gets the new document.
 */
export async function ensureRecipe(dana: BehalfSession, wanted: RecipeWanted): Promise<string> {
  const present = await findRecipe(dana, wanted)
  if (present && namesTheSame(present, wanted.document)) return present.id
  const { id } = present ? await replace(dana, present, wanted) : await dana.api<Recipe>('POST', '/recipes', wanted)
  await dana.api('PUT', `/recipes/${id}/runners`, { everyone: true })
  await dana.api('POST', `/recipes/${id}/start`)
  return id
}

async function findRecipe(dana: BehalfSession, { project_id, document }: RecipeWanted): Promise<Recipe | undefined> {
  const recipes = await dana.list<z.infer<typeof RecipeSummary>>(`/recipes?project_id=${project_id}`)
  const found = recipes.find(({ name }) => name === document.name)
  return found && dana.api<Recipe>('GET', `/recipes/${found.id}`)
}

/** Whether it names the same connections, whatever else was changed in it. */
function namesTheSame({ document }: Recipe, wanted: RecipeWanted['document']): boolean {
  return parentsOf(document as RecipeWanted['document']) === parentsOf(wanted)
}

function parentsOf({ connections = {} }: RecipeWanted['document']): string {
  return Object.values(connections)
    .map(({ connection_id }) => connection_id)
    .sort()
    .join()
}

function replace(dana: BehalfSession, { id, version }: Recipe, { document }: RecipeWanted): Promise<Recipe> {
  return dana.api('PUT', `/recipes/${id}`, {
    document,
    expected_version: version,
    comment: 'Its connections were made anew',
  })
}

import type { RecipeSummary } from '../../contract.ts'
import { readTypedJson } from '../../parts/typed-json.ts'

/** A recipe of a file, and the one of that name where it is imported, if there is exactly one. */
export interface FileRecipe {
  name: string
  /** As `validate` and `push` take it. */
  file: { format: 'behalf-recipe/1'; recipe: unknown }
  match: Pick<RecipeSummary, 'id' | 'name' | 'version' | 'status'> | undefined
}

/** The recipes of an exported project, or of one exported recipe. Throws with words for the person when it is neither. */
export function readProjectFile(text: string): { name: string; recipe: unknown }[] {
  const json = readTypedJson(text, () => NOT_JSON) as AnyFile | null
  const recipes =
    json?.format === 'behalf-project/1' ? json.recipes : json?.format === 'behalf-recipe/1' ? [json.recipe] : undefined
  if (!Array.isArray(recipes)) {
    throw new Error('This is no file of a project. Choose one that was exported here, or from a recipe’s page.')
  }
  if (recipes.length === 0) throw new Error('There is no recipe in this file.')
  if (recipes.length > 200) throw new Error('This file holds more than 200 recipes. Import it in parts.')
  return recipes.map((recipe, index) => ({ name: nameOf(recipe) || `Recipe ${index + 1} of the file`, recipe }))
}

/** Each with the recipe it may become a version of: the only one of its name there, where the file has the name once as well. */
export function matchByName(
  read: readonly { name: string; recipe: unknown }[],
  there: readonly RecipeSummary[],
): FileRecipe[] {
  return read.map(({ name, recipe }) => {
    const same = there.filter((each) => each.name === name)
    const isOnly = same.length === 1 && read.filter((each) => each.name === name).length === 1
    return { name, file: { format: 'behalf-recipe/1', recipe }, match: isOnly ? same[0] : undefined }
  })
}

const NOT_JSON = 'This file is not JSON. Choose one that was exported here, or from a recipe’s page.'

interface AnyFile {
  format?: unknown
  recipes?: unknown
  recipe?: unknown
}

function nameOf(recipe: unknown): string {
  const name = typeof recipe === 'object' && recipe !== null ? (recipe as { name?: unknown }).name : undefined
  return typeof name === 'string' ? name.trim() : ''
}

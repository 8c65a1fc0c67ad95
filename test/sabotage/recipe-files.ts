import type { Sabotage } from '../sabotages.ts'

const GIT = 'test/scenarios/recipes-in-git.test.ts'

/** What keeps recipes in files from overwriting, and from telling, what they must not. */
export const recipeFileSabotages: Sabotage[] = [
  {
    name: 'recipe files: a stale push overwrites',
    test: GIT,
    testName: 'a stale push is refused',
    file: 'src/recipes/push-recipes.ts',
    find: 'if (ids.length > 0) throw stale(ids)',
    replace: 'if (ids.length > 200) throw stale(ids)',
  },
  {
    name: 'recipe files: an export holds a child',
    test: GIT,
    testName: 'a connection named for a function is in no export',
    file: 'src/recipes/export-recipe.ts',
    find: '({ recipe_id, connection_overrides, ...step }) => ({',
    replace: '({ recipe_id, ...step }) => ({',
  },
]

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
  {
    name: 'recipe files: a dry run is kept',
    test: GIT,
    testName: 'a dry run refuses what the push refuses',
    file: 'src/commands/recipes/push-recipes.ts',
    find: 'if (isDryRun) throw undo',
    replace: 'if (isDryRun && done.length > 200) throw undo',
  },
  {
    name: 'recipe files: a link out of the folder is read',
    test: GIT,
    testName: 'no link leads out of the folder',
    file: 'src/server/recipes-folder.ts',
    find: 'const path = await realpath(join(folder, name))',
    replace: 'const path = join(await realpath(folder), name)',
  },
  {
    name: 'recipe files: a link out of the folder is written to',
    test: GIT,
    testName: 'no link leads out of the folder',
    file: 'src/server/recipes-folder.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it stands so in the file
    find: 'await rm(join(folder, `${name}.new`), { force: true })',
    replace: '',
  },
  {
    name: 'recipe files: the index names a file elsewhere',
    test: GIT,
    testName: 'no link leads out of the folder',
    file: 'src/server/recipes-folder.ts',
    find: 'z.record(z.string(), z.record(FileName, Entry))',
    replace: 'z.record(z.string(), z.record(z.string(), Entry))',
  },
]

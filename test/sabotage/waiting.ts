// biome-ignore-all lint/suspicious/noTemplateCurlyInString: sources are quoted here
import type { Sabotage } from '../sabotages.ts'

const MANY = 'test/scenarios/many-waiting.test.ts'

/** What moves on very many waiting jobs, taken away one line at a time. */
export const waitingSabotages: Sabotage[] = [
  {
    name: 'many waiting: only the first hundred',
    test: MANY,
    file: 'src/jobs/continue-jobs.ts',
    find: '  if (ids.length === AT_ONCE) await ringForMore(',
    replace: '  if (ids.length > AT_ONCE) await ringForMore(',
  },
  {
    name: 'many waiting: before the jobs of others',
    test: MANY,
    file: 'src/jobs/continue-jobs.ts',
    find: "${after === '' ? 0 : 1}::int",
    replace: "${after === '' ? 0 : -1}::int",
  },
  {
    name: 'many waiting: no leave for the rest',
    test: MANY,
    file: 'src/asking/consents.ts',
    find: 'consents.recipe_id <> all(${uses.map(({ recipeId }) => recipeId)})',
    replace: 'consents.recipe_id = any(${uses.map(({ recipeId }) => recipeId)})',
  },
]

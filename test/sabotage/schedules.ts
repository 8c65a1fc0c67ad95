import type { Sabotage } from '../sabotages.ts'

const SCHEDULES = 'test/scenarios/schedules.test.ts'
const SCHEMAS = 'src/recipes/json-schema.test.ts'

/** What makes a due time one job, and keeps schemas from hanging the server, taken away one line at a time. */
export const scheduleSabotages: Sabotage[] = [
  {
    name: 'schedules: a due time twice',
    test: SCHEDULES,
    testName: 'a due time that comes again',
    file: 'src/jobs/fire-schedules.ts',
    find: 'key: scheduled_for,',
    replace: 'key: null,',
  },
  {
    name: 'schedules: never moved on',
    test: SCHEDULES,
    testName: 'a schedule runs by itself',
    file: 'src/jobs/fire-schedules.ts',
    find: 'where schedules.recipe_id = next.recipe_id`',
    replace: 'where schedules.recipe_id <> next.recipe_id`',
  },
  {
    name: 'schedules: one that fails holds up others',
    test: SCHEDULES,
    testName: 'leaves those that are fired with it alone',
    file: 'src/jobs/fire-schedules.ts',
    find: 'if (recipes.length > 1) for',
    replace: 'if (recipes.length > 100) for',
  },
  {
    name: 'schedules: nothing is left out',
    test: SCHEDULES,
    testName: 'by the catch-up rule',
    file: 'src/jobs/fire-schedules.ts',
    find: "if (schedule.catch_up !== 'none') return dues",
    replace: 'if (schedule.catch_up) return dues',
  },
  {
    name: 'schedules: one for all that was missed',
    test: SCHEDULES,
    testName: 'by the catch-up rule',
    file: 'src/jobs/fire-schedules.ts',
    find: "schedule.catch_up === 'all' ? MOST_CAUGHT_UP : 1",
    replace: "schedule.catch_up === 'all' ? 1 : 1",
  },
  {
    name: 'schedules: stopped, and fired',
    test: SCHEDULES,
    testName: 'stopping ends it',
    file: 'src/recipes/stop-recipe.ts',
    find: '  await removeSchedules(tx, recipeIds)\n',
    replace: '',
  },
  {
    name: 'schedules: the switch on',
    test: SCHEDULES,
    testName: 'would need a person',
    file: 'src/recipes/validation/connections.ts',
    find: 'if (!hasPerson(document.trigger)) {',
    replace: "if (document.trigger.kind === 'webhook') {",
  },
  {
    name: 'schedules: run by hand',
    test: SCHEDULES,
    testName: 'nobody else does',
    file: 'src/commands/jobs/run-schedule.ts',
    find: "requirePrivilege(actor, 'recipes.run', 'recipes.edit')",
    replace: "requirePrivilege(actor, 'recipes.run')",
  },
  {
    name: 'schemas: a pattern without end',
    test: SCHEMAS,
    testName: 'no pattern and no schema can hang',
    file: 'src/recipes/bounded-pattern.ts',
    find: 'if (left < 0) throw new TooManySteps()',
    replace: '',
  },
  {
    name: 'schemas: within themselves',
    test: SCHEMAS,
    testName: 'too deep or too big',
    file: 'src/recipes/json-schema-bounds.ts',
    find: 'if (weighing.weight > MAX_WEIGHT || depth > MAX_DEPTH)',
    replace: 'if (depth > MAX_DEPTH)',
  },
]

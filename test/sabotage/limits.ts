import type { Sabotage } from '../sabotages.ts'

const STOPS = 'test/scenarios/stops-itself.test.ts'
const RETENTION = 'test/scenarios/retention.test.ts'

/** What keeps recipes and jobs within their limits, taken away one line at a time. */
export const limitSabotages: Sabotage[] = [
  {
    name: 'limits: a connection counts as a failure of the recipe',
    test: STOPS,
    testName: 'do not count',
    file: 'src/jobs/stop-failing-recipe.ts',
    find: "  'request_refused',",
    replace: "  'request_refused', 'parent_not_connected',",
  },
  {
    name: 'limits: a success does not begin the count anew',
    test: STOPS,
    testName: 'a success in between',
    file: 'src/jobs/stop-failing-recipe.ts',
    find: "where status = 'succeeded'), '')",
    replace: "where status = 'running'), '')",
  },
  {
    name: 'limits: the data of an unfinished job is erased',
    test: RETENTION,
    testName: 'an unfinished job keeps both',
    file: 'src/jobs/purge-jobs.ts',
    find: 'workspaceId} and finished_at <',
    replace: 'workspaceId} and created_at <',
  },
  {
    name: 'limits: two machines give one place away',
    test: 'test/scenarios/limits.test.ts',
    testName: 'so many jobs run at once on two machines',
    file: 'src/jobs/admit-held.ts',
    find: 'at_once - coalesce(taken, 0)::int as room',
    replace: 'at_once as room',
  },
]

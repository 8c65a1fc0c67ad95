import type { Sabotage } from '../sabotages.ts'

const STOPS = 'test/scenarios/stops-itself.test.ts'
const RETENTION = 'test/scenarios/retention.test.ts'
const MANY = 'test/scenarios/many-jobs.test.ts'

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
    name: 'limits: what jobs said in chat stays',
    test: RETENTION,
    testName: 'what was said in chat',
    file: 'src/jobs/purge-jobs.ts',
    find: 'delete from chat_messages where job_id in (select id from due)',
    replace: 'select',
  },
  {
    name: 'limits: what was typed in chat stays',
    test: RETENTION,
    testName: 'what was said in chat',
    file: 'src/jobs/purge-jobs.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a source is quoted here
    find: 'and job_id is null and created_at < ${before}',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a source is quoted here
    replace: 'and job_id is null and created_at < least(created_at, ${before})',
  },
  {
    name: 'limits: who waits for a full place hides who waits for another',
    test: MANY,
    testName: 'of very many jobs that wait for a full place',
    file: 'src/jobs/admit-held.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a source is quoted here
    find: 'where not lines.slots && ${full}::text[]',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a source is quoted here
    replace: 'where ${full}::text[] is not null',
  },
  {
    name: 'limits: jobs in a rare state are looked for among all',
    test: MANY,
    testName: 'a page of the jobs in a rare state',
    file: 'src/jobs/read-job.ts',
    find: 'sql.lit(status)',
    replace: 'status',
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

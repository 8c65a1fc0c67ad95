import type { Sabotage } from '../sabotages.ts'

const RERUN = 'test/attacks/rerun-by-another.test.ts'
const JOBS = 'test/scenarios/jobs-of-people.test.ts'

/** What keeps a job to its person, who may share it, run it again and answer it, taken away one line at a time. */
export const jobsOfPeopleSabotages: Sabotage[] = [
  {
    name: 'rerun-by-another',
    test: RERUN,
    testName: 'a job of Alice’s is not run again',
    file: 'src/commands/jobs/rerun-job.ts',
    find: 'if (job && !ownerOf(job) && runsAndEdits) return job',
    replace: 'if (job && runsAndEdits) return job',
  },
  {
    name: 'rerun-by-another: what the recipe has come to',
    test: RERUN,
    testName: 'has come to use Alice’s delegated connection',
    file: 'src/commands/jobs/rerun-job.ts',
    find: "if (delegator !== null && !(actor.kind === 'person' && actor.person.id === delegator))",
    replace: 'if (delegator === actor.kind)',
  },
  {
    name: 'job-data-peek: a share that is over',
    test: RERUN,
    testName: 'what its person shares',
    file: 'src/jobs/read-job.ts',
    find: 'sharedUntil: later(row.shared_until)',
    replace: 'sharedUntil: row.shared_until',
  },
  {
    name: 'job-data-peek: a share without Job data',
    test: RERUN,
    testName: 'what its person shares',
    file: 'src/commands/jobs/view-jobs.ts',
    find: "(!summary.private || summary.sharedUntil !== null) && hasPrivilege(actor, 'job_data.view')",
    replace: "summary.sharedUntil !== null || (!summary.private && hasPrivilege(actor, 'job_data.view'))",
  },
  {
    name: 'jobs: looked at, and on record',
    test: JOBS,
    testName: 'share:',
    file: 'src/commands/jobs/view-jobs.ts',
    find: 'if (mayRead && !isOwn && summary.private) await recordViewing(ctx, actor, summary)',
    replace: '',
  },
  {
    name: 'questions: answered in the chat by another',
    test: 'test/scenarios/answering-in-chat.test.ts',
    testName: 'a question is for its person alone',
    file: 'src/jobs/answer-question.ts',
    find: "    .where('jobs.person_id', '=', personId)\n",
    replace: '',
  },
  {
    name: 'jobs: asked to run again, once an hour',
    test: JOBS,
    testName: 'ask-rerun:',
    file: 'src/commands/jobs/ask-rerun.ts',
    find: '  await takeTurn(ctx, actor, id)\n',
    replace: '',
  },
]

import type { Sabotage } from '../sabotages.ts'
import { everyStepSabotages } from './every-step.ts'

const MOVED_ON = 'test/scenarios/moved-on-meanwhile.test.ts'
const MACHINE = 'test/scenarios/job-machine.test.ts'

/** What keeps jobs and waits to the states they may take, taken away one line at a time. */
export const jobStateSabotages: Sabotage[] = [
  ...everyStepSabotages,
  {
    name: 'job states: ended by an old page',
    test: MOVED_ON,
    testName: 'Not now, on a page',
    file: 'src/jobs/continue-jobs.ts',
    find: "if (job?.status !== 'waiting_for_connection') return false",
    replace: 'if (!job) return false',
  },
  {
    name: 'job states: lapsed after it went on',
    test: MOVED_ON,
    testName: 'answers in the instant',
    file: 'src/jobs/continue-jobs.ts',
    find: 'if (!(await isLapsed(ctx, tx, { job_id, kind, key }))) return',
    replace: 'await isLapsed(ctx, tx, { job_id, kind, key })',
  },
  {
    name: 'P5: unticked, and let before',
    test: 'test/scenarios/leave-taken-back.test.ts',
    testName: 'is unticked when that is connected again',
    file: 'src/asking/store-grant.ts',
    find: '  await endUntickedConsents(ctx, tx, { ...whose, parentId: parent.id, uses })\n',
    replace: '',
  },
  {
    name: 'job states: a finished step again',
    test: MACHINE,
    file: 'src/jobs/run-action-step.ts',
    find: "if (before?.status === 'succeeded') {\n    putOutput",
    replace: "if (before?.status === 'failed') {\n    putOutput",
  },
  {
    name: 'job states: what was cut off again',
    test: MACHINE,
    file: 'src/jobs/run-action-step.ts',
    find: 'if (before?.began && !mayRepeat) {',
    replace: 'if (before?.began && mayRepeat === undefined) {',
  },
  {
    name: 'job states: ended, and waiting',
    test: MACHINE,
    file: 'src/jobs/end-job.ts',
    find: 'with gone as (delete from waits where job_id =',
    replace: 'with gone as (delete from waits where job_id is null and job_id =',
  },
  {
    name: 'job states: told twice of its end',
    test: MACHINE,
    file: 'src/jobs/run-job.ts',
    find: 'else if (!hasReplied && !isFunction(job))',
    replace: 'else if (hasReplied && !isFunction(job))',
  },
]

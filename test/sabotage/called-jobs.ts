import type { Sabotage } from '../sabotages.ts'

const CALLED = 'test/attacks/job-data-peek-called.test.ts'
const MASKED = 'test/scenarios/masked-steps.test.ts'

/** What keeps data where one job hands it to another, and where a step is masked, taken away one line at a time. */
export const calledJobSabotages: Sabotage[] = [
  {
    name: 'job-data-peek: handed on by a person’s job',
    test: CALLED,
    testName: 'what a person’s job hands to',
    file: 'src/jobs/job-row.ts',
    find: '|| (within?.private ?? false)',
    replace: '',
  },
  {
    name: 'job-data-peek: handed on by a delegator’s job',
    test: CALLED,
    testName: 'what is done with a delegated connection',
    file: 'src/jobs/find-delegated.ts',
    find: 'within?.delegatorId ? [within.delegatorId] : []',
    replace: '[]',
  },
  {
    name: 'job-data-peek: run again',
    test: CALLED,
    testName: 'stays private when it is run again',
    file: 'src/commands/jobs/rerun-job.ts',
    find: 'private: summary.private,',
    replace: 'private: false,',
  },
  {
    name: 'recipe-changed-after-consent: a function not waited for',
    test: CALLED,
    testName: 'a function that is not waited for counts',
    file: 'src/recipes/program.ts',
    find: 'partsReached(program, () => true)',
    replace: 'partsReached(program, ({ wait }) => wait)',
  },
  {
    name: 'masked: what it failed with',
    test: MASKED,
    testName: 'what a masked step failed with',
    file: 'src/jobs/run-steps.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a source is quoted here
    find: 'isMasked(frame, step) ? `${code}. More is masked by the recipe.` : message',
    replace: 'message',
  },
  {
    name: 'masked: within a call',
    test: MASKED,
    testName: 'a masked call masks',
    file: 'src/jobs/run-call-step.ts',
    find: '    masked: isMasked(frame, step),\n    delegated',
    replace: '    masked: false,\n    delegated',
  },
  {
    name: 'masked: a job of its own',
    test: MASKED,
    testName: 'a function that a masked step starts',
    file: 'src/jobs/run.ts',
    find: '    masked,\n    delegated: new Map(),',
    replace: '    masked: false,\n    delegated: new Map(),',
  },
  {
    name: 'masked: what a job of its own is given',
    test: MASKED,
    testName: 'a function that a masked step starts',
    file: 'src/api/presenters/jobs.ts',
    find: 'job.masked ? MASKED : presentData',
    replace: 'presentData',
  },
  {
    name: 'masked: a reply in the job',
    test: MASKED,
    testName: 'a masked reply is delivered',
    file: 'src/api/presenters/jobs.ts',
    find: 'data?.result?.masked ? MASKED : present',
    replace: 'present',
  },
  {
    name: 'masked: what a loop collects',
    test: MASKED,
    testName: 'a loop shows nothing',
    file: 'src/jobs/run.ts',
    find: ' || loopsOverMasked(run.job.program, step)',
    replace: '',
  },
]

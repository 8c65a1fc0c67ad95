import type { Sabotage } from '../sabotages.ts'

const EVERY = 'test/scenarios/promises-in-every-step.test.ts'

/** What makes the promises hold wherever an action stands, taken away one line at a time. */
export const everyStepSabotages: Sabotage[] = [
  {
    name: 'P2: where it is asked for when it is reached',
    test: EVERY,
    testName: 'P2: in steps that ask when they are reached',
    file: 'src/asking/connect-page-facts.ts',
    find: ', ...waits.map(({ key }) => key)])',
    replace: '])',
  },
  {
    name: 'P2: in a function that is not waited for',
    test: EVERY,
    testName: 'P2: in a function that is not waited for',
    file: 'src/recipes/connections-needed.ts',
    find: "if (step.kind === 'call') {",
    replace: "if (step.kind === 'call' && step.wait) {",
  },
  {
    name: 'P8: in a function',
    test: EVERY,
    testName: 'P1: in a function,',
    file: 'src/jobs/refuse-unrunnable.ts',
    find: 'if (called?.isStarted) continue',
    replace: 'if (called) continue',
  },
  {
    name: 'P7: in a try',
    test: EVERY,
    testName: 'P7: in a try',
    file: 'src/jobs/run-handle-errors.ts',
    find: "if (progress.kind !== 'failed') {",
    replace: "if (progress.kind === 'through') {",
  },
  {
    name: 'job-data-peek: private by its functions alone',
    test: 'test/attacks/job-data-peek-functions.test.ts',
    testName: 'job-data-peek: the owner gets nothing of it',
    file: 'src/recipes/switch.ts',
    find: '[main, ...functions.values()].some',
    replace: '[main].some',
  },
  {
    name: 'recipe-changed-after-consent: by a function',
    test: 'test/attacks/cut-off-in-functions.test.ts',
    testName: 'recipe-changed-after-consent',
    file: 'src/recipes/footprint.ts',
    find: 'allPartsOf(program).flatMap',
    replace: '[program.main].flatMap',
  },
]

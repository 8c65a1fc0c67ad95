import type { Sabotage } from '../sabotages.ts'

const LOOPS = 'test/attacks/expression-bomb-loops.test.ts'
const CALLED = 'test/scenarios/loops-and-functions.test.ts'
const DEEP = 'test/attacks/provider-nests-deep.test.ts'

/** What keeps jobs within bounds, and what they start, taken away one line at a time. */
export const boundsSabotages: Sabotage[] = [
  {
    name: 'expression-bomb: collected without end',
    test: LOOPS,
    testName: 'what a loop collects',
    file: 'src/jobs/run-loops.ts',
    find: 'if (collected.weight > MAX_COLLECTED) {',
    replace: 'if (collected.weight < 0) {',
  },
  {
    name: 'expression-bomb: held without end',
    test: LOOPS,
    testName: 'what steps yield',
    file: 'src/jobs/run-steps.ts',
    find: ' && weight < WRITE_AFTER_BYTES',
    replace: ' && weight >= 0',
  },
  {
    name: 'expression-bomb: kept without end',
    test: LOOPS,
    testName: 'yielded more than may be read again',
    file: 'src/jobs/run-steps.ts',
    find: 'if (frame.run.kept > MAX_KEPT) throw tooMuchKept()',
    replace: '',
  },
  {
    name: 'provider-misbehaves: an answer without end of levels',
    test: DEEP,
    testName: 'provider-misbehaves',
    file: 'src/jobs/run-action-step.ts',
    find: 'if (!nestsTooDeep(output)) return output',
    replace: 'if (!nestsTooDeep(null)) return output',
  },
  {
    name: 'functions: taken up for ever',
    test: 'test/scenarios/functions-called.test.ts',
    testName: 'no machine can write down',
    file: 'src/jobs/run-job.ts',
    find: ' || isTooMuch(error)))',
    replace: '))',
  },
  {
    name: 'functions: shared with nobody',
    test: CALLED,
    testName: 'runs as a job of its own',
    file: 'src/jobs/claim-job.ts',
    find: "program.main.document.trigger.kind === 'function' || ",
    replace: '',
  },
  {
    name: 'functions: started by a job that was cancelled',
    test: CALLED,
    testName: 'a job that was cancelled',
    file: 'src/jobs/run-call-step.ts',
    find: "if (!(await writeDown(ctx, frame.run))) return { kind: 'fence_lost' }",
    replace: '',
  },
  {
    name: 'kill-anywhere: started twice',
    test: 'test/attacks/kill-anywhere.test.ts',
    testName: 'apart by chat',
    file: 'src/jobs/start-called.ts',
    find: 'delivery: { source: job.id, key, request: input }',
    replace: 'delivery: { source: job.id, key: null, request: input }',
  },
  {
    name: 'masked: what a loop collects from a function',
    test: 'test/scenarios/masked-steps.test.ts',
    testName: 'a loop shows nothing',
    file: 'src/jobs/run.ts',
    find: ' || yieldsMasked(functions, each.step)',
    replace: '',
  },
]

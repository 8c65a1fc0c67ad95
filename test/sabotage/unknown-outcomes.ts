import type { Sabotage } from '../sabotages.ts'

const UNANSWERED = 'test/scenarios/unanswered-requests.test.ts'

/** What keeps an effect that nobody knows of from being done twice, taken away one line at a time. */
export const unknownOutcomeSabotages: Sabotage[] = [
  {
    name: 'unknown outcomes: what was sent and not answered is tried again',
    test: UNANSWERED,
    testName: 'sent and not answered is not tried again',
    file: 'src/connections/request.ts',
    find: 'hasLeft = true',
    replace: 'hasLeft = false',
  },
  {
    name: 'unknown outcomes: what was answered unreadably is tried again',
    test: UNANSWERED,
    testName: 'whose answer cannot be read',
    file: 'src/jobs/run-action-step.ts',
    find: " || code === 'outside_malformed'",
    replace: '',
  },
  {
    name: 'unknown outcomes: what nobody took is not tried again',
    test: UNANSWERED,
    testName: 'a request that nobody took',
    file: 'src/connections/request.ts',
    find: 'let hasLeft = false',
    replace: 'let hasLeft = true',
  },
  {
    name: 'unknown outcomes: a cancelled job goes on for ever in its history',
    test: UNANSWERED,
    testName: 'cancelled in the middle of an action',
    file: 'src/jobs/end-job.ts',
    find: '  await endBegunSteps(tx, jobId, ctx.clock())\n',
    replace: '',
  },
]

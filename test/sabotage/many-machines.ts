import type { Sabotage } from '../sabotages.ts'
import { unknownOutcomeSabotages } from './unknown-outcomes.ts'

const DRAINING = 'test/scenarios/roles-and-draining.test.ts'
const MIGRATE = 'src/database/migrate.test.ts'

/** What lets processes come and go, and versions follow one another, taken away one line at a time. */
export const manyMachinesSabotages: Sabotage[] = [
  ...unknownOutcomeSabotages,
  {
    name: 'draining: does not wait for running jobs',
    test: DRAINING,
    testName: 'ends what it runs and exits',
    file: 'src/server/background.ts',
    find: 'pause(queue.drainMs, false',
    replace: 'pause(0, false',
  },
  {
    name: 'draining: goes on taking jobs',
    test: DRAINING,
    testName: 'ends what it runs and exits',
    file: 'src/jobs/queue.ts',
    find: '      await runner.stop()',
    replace: '      await runner.promise',
  },
  {
    name: 'draining: open requests are cut off',
    test: DRAINING,
    testName: 'a request that waits for its job',
    file: 'src/server/start.ts',
    find: 'server.drain(drainMs)',
    replace: 'server.drain(0)',
  },
  {
    name: 'upgrade: older code takes what it does not know',
    test: 'test/scenarios/rolling-upgrade.test.ts',
    file: 'src/jobs/leave-to-newer.ts',
    find: 'if (job === undefined || unknown === undefined) return job',
    replace: 'if (job) return job',
  },
  {
    name: 'upgrade: older code starts what it does not know',
    test: 'test/scenarios/rolling-upgrade.test.ts',
    file: 'src/jobs/invoke.ts',
    find: '  refuseNewer(ctx, program)',
    replace: '  void refuseNewer\n  void program',
  },
  {
    name: 'upgrade: a column added under a transaction ends it',
    test: 'src/database/preparing-pool.test.ts',
    testName: 'within a transaction as well',
    file: 'src/database/preparing-pool.ts',
    find: " && (isAlone || !text.includes('*'))",
    replace: '',
  },
  {
    name: 'upgrade: older code does not start where newer code has only added',
    test: MIGRATE,
    testName: 'has only added',
    file: 'src/database/migrate.ts',
    find: '(done.oldestCode ?? 0) > migrations.length',
    replace: '(done.oldestCode ?? done.version) > migrations.length',
  },
  {
    name: 'upgrade: older code starts where what it uses was taken away',
    test: MIGRATE,
    testName: 'took away what this one uses',
    file: 'src/database/migrate.ts',
    find: '(done.oldestCode ?? 0) > migrations.length',
    replace: '(done.oldestCode ?? 0) > migrations.length + 1',
  },
  {
    name: 'upgrade: takes away what a running process uses',
    test: MIGRATE,
    testName: 'takes nothing away from a process',
    file: 'src/database/migrate.ts',
    find: 'right(application_name, 4)::int < $1',
    replace: 'right(application_name, 4)::int < $1 - 1',
  },
  {
    name: 'upgrade: a migration that waits holds everybody up',
    test: MIGRATE,
    testName: 'gives way to a transaction',
    file: 'src/database/migrate.ts',
    find: "lock_timeout = '500ms'",
    replace: "lock_timeout = '0'",
  },
  {
    name: 'database restarts: what was only known to the process is lost',
    test: 'test/scenarios/database-restarts.test.ts',
    file: 'src/jobs/record.ts',
    find: 'withRetries(WRITE_AGAIN_AFTER_MS, isDatabaseOutage',
    replace: 'withRetries([], isDatabaseOutage',
  },
]

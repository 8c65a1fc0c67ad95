import type { Sabotage } from '../sabotages.ts'

const RENEWING = 'test/scenarios/renewing-access.test.ts'

/** What keeps grants from being lost while they are refreshed, taken away one line at a time. */
export const refreshingSabotages: Sabotage[] = [
  {
    name: 'renewing-access: down is not refused',
    test: RENEWING,
    testName: 'lasting trouble',
    file: 'src/connections/oauth/token-errors.ts',
    find: 'return code === REFUSAL && !isTransient(statusOf(error)) ? code : undefined',
    replace: 'return code ?? String(statusOf(error))',
  },
  {
    name: 'renewing-access: whose fault',
    test: RENEWING,
    testName: 'a refused OAuth client',
    file: 'src/connections/oauth/token-errors.ts',
    find: 'code && CLIENT_FAULTS.has(code)',
    replace: 'code === null',
  },
  {
    name: 'renewing-access: the parent is blamed',
    test: RENEWING,
    testName: 'a refused OAuth client',
    file: 'src/connections/refresh-grant.ts',
    find: "error.code === 'parent_client_refused') await blameParent(ctx, parent)",
    replace: "error.code === '') await blameParent(ctx, parent)",
  },
  {
    name: 'P13: the lease',
    test: RENEWING,
    testName: 'on two machines',
    file: 'src/connections/refresh-lease.ts',
    find: 'return taken.numUpdatedRows > 0n ? lease : undefined',
    replace: 'return lease',
  },
]

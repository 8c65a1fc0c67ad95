// biome-ignore-all lint/suspicious/noTemplateCurlyInString: sources are quoted here

import type { Sabotage } from '../sabotages.ts'

const CUT_OFF = 'test/attacks/cut-off-while-exchanging.test.ts'
const FAULTS = 'test/attacks/refresh-faults.test.ts'
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
  {
    name: 'refresh-storm',
    test: FAULTS,
    testName: '(there)',
    file: 'src/connections/refresh-lease.ts',
    find: 'return taken.numUpdatedRows > 0n ? lease : undefined',
    replace: 'return lease',
  },
  {
    name: 'refresh-lost-response: had again by itself',
    test: FAULTS,
    testName: 'had again by itself',
    file: 'src/connections/refresh-lease.ts',
    find: "await ctx.db\n    .updateTable('grants')\n    .set({\n      lease_holder: null,",
    replace:
      "await ctx.db\n    .updateTable('grants')\n    .where('version', '<', '0')\n    .set({\n      lease_holder: null,",
  },
  {
    name: 'refresh-lost-response: the person is asked',
    test: FAULTS,
    testName: 'with the reason, once',
    file: 'src/connections/declare-lost.ts',
    find: 'must_ask_at: isChild ?',
    replace: 'must_ask_at: !isChild ?',
  },
  {
    name: 'refresh-lost-response: asked once',
    test: FAULTS,
    testName: 'with the reason, once',
    file: 'src/jobs/ask-about-losses.ts',
    find: "outcome === 'asking_paused' ? new Date(ctx.clock().getTime() + ASK_LATER_MS) : null",
    replace: 'new Date(ctx.clock().getTime() + ASK_LATER_MS)',
  },
  {
    name: 'refresh-crash-between-response-and-save: found',
    test: FAULTS,
    testName: 'by itself, and nothing is lost',
    file: 'src/connections/refresh-lease.ts',
    find: '      keep_alive_at: new Date(ctx.clock().getTime() + leaseMs(ctx)),\n',
    replace: '',
  },
  {
    name: 'refresh-crash-between-response-and-save: the database',
    test: FAULTS,
    testName: 'is waited for',
    file: 'src/connections/save-refreshed.ts',
    find: 'withRetries(SAVE_AGAIN_AFTER_MS, isDatabaseOutage,',
    replace: 'withRetries([], isDatabaseOutage,',
  },
  {
    name: 'refresh-late-holder-still-saves',
    test: FAULTS,
    testName: 'whoever holds the lease by then',
    file: 'src/connections/refresh-grant.ts',
    find: '  return saveRefreshed(ctx,',
    replace:
      '  if (performance.now() > sending.lease.sendUntil + ctx.tokenTimeoutMs) return refreshUnderLease(ctx, { ...sending, version: old.version })\n  return saveRefreshed(ctx,',
  },
  {
    name: 'refresh-late-holder-still-saves: held up before sending',
    test: FAULTS,
    testName: 'sends nothing',
    file: 'src/connections/refresh-lease.ts',
    find: 'if (performance.now() < sendUntil) return',
    replace: 'if (sendUntil > 0) return',
  },
  {
    name: 'lease-holder-dies',
    test: FAULTS,
    testName: 'another machine waits',
    file: 'src/connections/refresh-lease.ts',
    find: ", where('lease_until', '<', sql<Date>`now()`)",
    replace: '',
  },
  {
    name: 'disconnect-during-refresh: revoked',
    test: CUT_OFF,
    testName: 'their person disconnects, there',
    file: 'src/connections/save-refreshed.ts',
    find: '    await revokeLater(ctx, ctx.db, { connectionId, parent, tokens })\n',
    replace: '',
  },
  {
    name: 'disconnect-during-refresh: why',
    test: CUT_OFF,
    testName: 'their person disconnects, here',
    file: 'src/connections/use-connection.ts',
    find: 'return outcome.grant\n  return presentGrant(ctx, whose, await readStanding(ctx, whose, null))',
    replace: "return outcome.grant\n  return { kind: 'connect', reason: 'expired' }",
  },
  {
    name: 'disconnect-during-refresh: an orphan',
    test: CUT_OFF,
    testName: 'an orphan keeps',
    file: 'src/connections/save-refreshed.ts',
    find: '    .where(isLive(connectionId))\n',
    replace: '',
  },
  {
    name: 'disconnect-during-exchange',
    test: CUT_OFF,
    testName: '(the parent is deleted)',
    file: 'src/asking/store-grant.ts',
    find: 'if (!rows[0]?.alive)',
    replace: 'if (rows.length > 9)',
  },
]

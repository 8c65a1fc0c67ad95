import type { Sabotage } from '../sabotages.ts'

const REVOKING = 'test/scenarios/revoking.test.ts'
const MID_JOB = 'test/attacks/revoked-in-mid-job.test.ts'
const ROTATION = 'test/attacks/key-rotation-under-load.test.ts'

/** What ends access for good, here and at the application, and what seals it, taken away one line at a time. */
export const revokingSabotages: Sabotage[] = [
  {
    name: 'P12: at the application',
    test: REVOKING,
    testName: 'is revoked there',
    file: 'src/connections/revocations.ts',
    find: 'await revokeAtApplication(ctx, row, parent)',
    replace: '',
  },
  {
    name: 'P12: tried again',
    test: REVOKING,
    testName: 'is revoked there',
    file: 'src/connections/revocations.ts',
    find: '> TRY_FOR_MS',
    replace: '>= 0',
  },
  {
    name: 'P12: kept',
    test: REVOKING,
    testName: 'a grant is kept while another one',
    file: 'src/connections/grant-in-use.ts',
    find: 'if (!server?.revocationEndsAll) return undefined',
    replace: 'if (server) return undefined',
  },
  {
    name: 'P12: kept for one that is held',
    test: REVOKING,
    testName: 'counts as in use',
    file: 'src/connections/grant-in-use.ts',
    find: 'const same = inUse ?? (await findHeld(ctx, { parent, accountId })).find(there)',
    replace: 'const same = inUse ?? ([] as Parent[]).find(there)',
  },
  {
    name: 'P12: where it was given',
    test: REVOKING,
    testName: 'where a parent was moved',
    file: 'src/connections/kept-clients.ts',
    find: 'if (clientVersion === null || clientVersion === parent.clientVersion) return parent',
    replace: 'if (clientVersion !== undefined) return parent',
  },
  {
    name: 'P8: the client its orphans need',
    test: REVOKING,
    testName: 'until its last orphan is revoked',
    file: 'src/connections/kept-clients.ts',
    find: '          where child.parent_id = parent.id)',
    replace: "          where child.parent_id = parent.id and child.status = 'connected')",
  },
  {
    name: 'revoked-in-mid-job: read before every request',
    test: MID_JOB,
    testName: 'within one step',
    file: 'src/connections/use-connection.ts',
    find: '() => readStanding(ctx, whose, fence)',
    replace: 'async (): Promise<Standing> => standing',
  },
  {
    name: 'revoked-in-mid-job: what was read in another turn',
    test: MID_JOB,
    testName: 'the first request does not leave either',
    file: 'src/connections/use-connection.ts',
    find: 'isSame = false',
    replace: 'isSame = true',
  },
  {
    name: 'revoked-in-mid-job: their jobs',
    test: MID_JOB,
    testName: 'deactivated',
    file: 'src/commands/people/end-access.ts',
    find: '  await cancelJobsOf(ctx, tx, personId)\n',
    replace: '',
  },
  {
    name: 'key-rotation-under-load: wrapped anew',
    test: ROTATION,
    testName: 'nothing is sealed with the old key',
    file: 'src/connections/sealing/wrap-anew.ts',
    find: 'for (const row of rows) rewrapped += await wrapOne(ctx, tx, { column, ...row })',
    replace: '',
  },
  {
    name: 'key-rotation-under-load: every column',
    test: ROTATION,
    testName: 'nothing is sealed with the old key',
    file: 'src/connections/sealing/sealed-columns.ts',
    find: "  envelope('grants', 'sealed', { id: 'connection_id', whenLost: 'delete' }),\n",
    replace: '',
  },
  {
    name: 'key-rotation-under-load: taken out',
    test: ROTATION,
    testName: 'nothing is sealed with the old key',
    file: 'src/connections/sealing/key-ring.ts',
    find: 'if (keys.some((key) => useless.has(fingerprintOf(key)))) await source.remove(useless)',
    replace: '',
  },
]

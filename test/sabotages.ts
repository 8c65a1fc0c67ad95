/** One change under which one test must fail. */
export interface Sabotage {
  /** The promise or the attack it belongs to: `P3`, `forwarded-link`; with more than one, `forwarded-link: the reverse`. */
  name: string
  /** The test file that must turn red. */
  test: string
  /** The title, or a part of it, of the test in that file that must turn red; without it any may. */
  testName?: string
  file: string
  /** Stands exactly once in `file`. */
  find: string
  replace: string
}

/** Applied one at a time in a scratch copy by `npm run sabotage`. Each takes away one line of what keeps the promise. */
export const sabotages: Sabotage[] = [
  {
    name: 'database-in-use',
    test: 'src/database/embedded.test.ts',
    testName: 'refuses a second start on one folder',
    file: 'src/database/embedded/hold-server.ts',
    find: 'if (rows[0].locked) return',
    replace: 'if (rows.length > 0) return',
  },
  {
    name: 'edited-migration',
    test: 'src/database/migrate.test.ts',
    testName: 'refuses a database whose migrations were edited or renamed',
    file: 'src/database/migrate.ts',
    find: 'ours.checksum !== done.checksum',
    replace: 'ours.checksum === undefined',
  },
]

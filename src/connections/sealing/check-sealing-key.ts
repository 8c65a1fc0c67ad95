import { UserError } from '#core/errors.ts'
import type { Db } from '#database/db.ts'
import type { KeyProvider } from './key-provider.ts'

/** Refuses to start with another sealing key than this database was sealed with; remembers the first one. */
export async function checkSealingKey(db: Db, keys: KeyProvider): Promise<void> {
  const fingerprint = await keys.fingerprint()
  await db
    .insertInto('sealing_keys')
    .values({ version: keys.version(), fingerprint })
    .onConflict((conflict) => conflict.column('version').doNothing())
    .execute()
  const row = await db
    .selectFrom('sealing_keys')
    .select('fingerprint')
    .where('version', '=', keys.version())
    .executeTakeFirstOrThrow()
  if (row.fingerprint !== fingerprint)
    throw new UserError(
      'sealing_key_mismatch',
      'This database was sealed with another key. Start with the key it was made with; without it, every person must connect again.',
      { details: { expected: row.fingerprint, given: fingerprint } },
    )
}

import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { UserError } from '#core/errors.ts'
import type { Db } from '#database/db.ts'
import { recordAudit } from '#people/audit.ts'
import { HOLDER_LIFE_SECONDS, KEYS_LOCK, openKeyRing } from './key-ring.ts'
import type { KeySource } from './key-source.ts'
import { fingerprintOf } from './key-text.ts'
import { findLostSecrets, type LostSecret, WHY_CREDENTIAL } from './lost-secrets.ts'
import { SEALED_COLUMNS } from './sealed-columns.ts'

const WHY_CHILD = 'The server’s sealing key was lost, and this access with it: connect again.'
const WHY_PARENT =
  'The server’s sealing key was lost, and the secret of the OAuth client with it: enter it again, then connect.'
const WHY_REVOCATION = 'The sealing key was lost before this could be revoked: end the access at the application.'

/**
 * Starts anew with the newest key of `source` where the one this database was sealed with is lost for good: what nobody can open any more
 * is erased, and says why, so that people are asked again. Refuses, changing nothing, with `sealing_key_held` while a server runs, and
 * `sealing_key_present` when nothing is lost. `endJobs` ends, in the same transaction, what was sealed under the keys of jobs. Answers what
 * somebody must give again.
 */
export async function forgetLostKey(
  db: Db,
  source: KeySource,
  endJobs: (tx: Db) => Promise<void>,
): Promise<LostSecret[]> {
  const keys = await source.read()
  await db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(${KEYS_LOCK})`.execute(tx)
    await refuseHeld(tx)
    await replaceKey(tx, keys)
    await eraseSealed(tx)
    await sayWhy(tx)
    await endJobs(tx)
    for (const { id: workspaceId } of await tx.selectFrom('workspaces').select('id').execute())
      await recordAudit(tx, { workspaceId }, { action: 'sealing_key.given_up' })
  })
  await renewDataKeys(db, source)
  return findLostSecrets(db)
}

async function refuseHeld(tx: Db): Promise<void> {
  const { rows } = await sql`select from sealing_key_holders
    where seen_at > now() - ${HOLDER_LIFE_SECONDS} * interval '1 second'`.execute(tx)
  if (rows.length === 0) return
  throw new UserError(
    'sealing_key_held',
    'A server is running on this database, and holds its key: nothing is lost. Stop every server first; one that was killed is forgotten after half a minute.',
    { status: 409 },
  )
}

async function replaceKey(tx: Db, keys: Buffer[]): Promise<void> {
  await tx.deleteFrom('sealing_keys').where('sealing_since', 'is', null).execute()
  const rows = await tx.selectFrom('sealing_keys').selectAll().orderBy('version').execute()
  const given = new Set(keys.map(fingerprintOf))
  if (rows.some(({ fingerprint }) => given.has(fingerprint)))
    throw new UserError(
      'sealing_key_present',
      'A key that this database was sealed with is at hand: nothing is lost. Start the server with it; or, if it is a former one, give a new key alone.',
      { status: 409 },
    )
  const now = sql<Date>`now()`
  await tx.updateTable('sealing_keys').set({ lost_at: now }).where('taken_out_at', 'is', null).execute()
  const version = (rows.at(-1)?.version ?? 0) + 1
  const fingerprint = fingerprintOf(keys.at(-1) as Buffer)
  await tx.insertInto('sealing_keys').values({ version, fingerprint, sealing_since: now, done_at: now }).execute()
}

/** On each connection, and on what was being revoked; a surface's app keeps no secret now, and is installed anew. */
async function sayWhy(tx: Db): Promise<void> {
  await sql`update connections set status = 'lost', status_reason = ${WHY_CHILD}, status_at = now()
    where parent_id is not null and deleted_at is null and status = 'connected'`.execute(tx)
  await sql`update connections set status = 'exception', status_at = now(),
    status_reason = case when client_id is null then ${WHY_CREDENTIAL} else ${WHY_PARENT} end
    where parent_id is null and deleted_at is null and (client_id is not null or status is not null)`.execute(tx)
  await sql`update revocations set status = 'failed', outcome = ${WHY_REVOCATION}, finished_at = now()
    where status = 'pending'`.execute(tx)
  await sql`update surface_apps set secrets_kept = '{}'`.execute(tx)
  await sql`update surface_installations set removed_at = now() where removed_at is null`.execute(tx)
}

/** What refers to another is listed after it, and goes first. */
async function eraseSealed(tx: Db): Promise<void> {
  for (const { table, column, whenLost } of SEALED_COLUMNS.toReversed()) {
    if (whenLost === 'delete')
      await sql`delete from ${sql.table(table)} where ${sql.ref(column)} is not null`.execute(tx)
    if (whenLost === 'clear')
      await sql`update ${sql.table(table)} set ${sql.ref(column)} = null where ${sql.ref(column)} is not null`.execute(
        tx,
      )
  }
}

/** Nothing is sealed under them any more; a day's key that did not open would stop that day's jobs. */
async function renewDataKeys(db: Db, source: KeySource): Promise<void> {
  const ring = await openKeyRing(db, source)
  for (const { id } of await db.selectFrom('data_keys').select('id').execute()) {
    const wrapped = await ring.wrap(randomBytes(32), `data_keys/${id}`)
    await db.updateTable('data_keys').set({ wrapped }).where('id', '=', id).execute()
  }
  await ring.leave()
}

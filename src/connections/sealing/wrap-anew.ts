import { type RawBuilder, sql } from 'kysely'
import { Bug } from '#core/errors.ts'
import type { Db } from '#database/db.ts'
import type { ConnectionsContext } from '../context.ts'
import { SEALED_COLUMNS, type SealedColumn } from './sealed-columns.ts'

const BATCH = 200

/** Where a pass over all sealed columns has come to, by the number of the column and the id of its last row. */
export interface Place {
  place: number
  after: string
}

/** The state of one batch: where the next one begins (null at the end of the pass), and how many values were wrapped anew. */
export interface WrappedBatch {
  next: Place | null
  rewrapped: number
}

/** How many values are not sealed with this version of the key. Reads every sealed column. */
export async function countOlder(db: Db, version: number): Promise<number> {
  let count = 0
  for (const column of SEALED_COLUMNS) {
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from ${sql.table(column.table)} where ${isOlder(column, version)}`.execute(db)
    count += rows[0]?.count ?? 0
  }
  return count
}

/**
 * Wraps the next batch of values that are sealed with an older key, in the caller's transaction. A value that was saved meanwhile is left
 * as it is: it was sealed anew. One that does not open is left too, and told in the log: no key ever opens it.
 */
export async function wrapBatch(
  ctx: ConnectionsContext,
  tx: Db,
  { version, from }: { version: number; from: Place },
): Promise<WrappedBatch> {
  const column = SEALED_COLUMNS[from.place]
  if (!column) return { next: null, rewrapped: 0 }
  const { rows } = await sql<{ id: string; sealed: Buffer }>`
    select ${sql.ref(column.id)} as id, ${sql.ref(column.column)} as sealed from ${sql.table(column.table)}
    where ${sql.ref(column.id)} > ${from.after} and ${isOlder(column, version)}
    order by ${sql.ref(column.id)} limit ${BATCH}`.execute(tx)
  let rewrapped = 0
  for (const row of rows) rewrapped += await wrapOne(ctx, tx, { column, ...row })
  const last = rows.at(-1)
  const next =
    last && rows.length === BATCH ? { place: from.place, after: last.id } : { place: from.place + 1, after: '' }
  return { next, rewrapped }
}

async function wrapOne(
  ctx: ConnectionsContext,
  tx: Db,
  { column, id, sealed }: { column: SealedColumn; id: string; sealed: Buffer },
): Promise<number> {
  try {
    const anew = await column.rewrap(ctx.keys, id, sealed)
    const { numAffectedRows } = await sql`update ${sql.table(column.table)} set ${sql.ref(column.column)} = ${anew}
      where ${sql.ref(column.id)} = ${id} and ${sql.ref(column.column)} = ${sealed}`.execute(tx)
    return Number(numAffectedRows ?? 0)
  } catch (err) {
    if (!(err instanceof Bug)) throw err
    ctx.log.error({ err, table: column.table, row: id }, 'a sealed value does not open, and stays as it is')
    return 0
  }
}

function isOlder({ column, versionAt }: SealedColumn, version: number): RawBuilder<boolean> {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(version)
  return sql`substring(${sql.ref(column)} from ${sql.lit(versionAt + 1)} for 4) <> ${bytes}`
}

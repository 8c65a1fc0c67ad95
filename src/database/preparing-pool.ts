import { createHash } from 'node:crypto'
import type { PostgresPool, PostgresPoolClient } from 'kysely'
import type { Pool, PoolClient } from 'pg'

/** A text is prepared from its second use on: what is sent once is not worth a place. */
const PREPARED_FROM_USE = 2
/** A text that depends on how long a list is could make any number of them; beyond this they are sent as they are. */
const MOST_PREPARED = 300

/**
 * The pool as Kysely takes it, with statements that have parameters prepared once on each connection and then only executed: to parse and
 * plan them again each time costs PostgreSQL more than to run them.
 *
 * A prepared statement that reads all columns of a table to which another process has added one meanwhile (a migration while we run) is
 * refused by PostgreSQL; it is sent again as it is, and that connection is not used again. In a transaction, which the refusal would
 * have ended, such statements are not prepared.
 */
export function preparingPool(pool: Pool): PostgresPool {
  const nameOf = makeStatementNames()
  const known = new WeakMap<PoolClient, PostgresPoolClient>()
  const preparing = (client: PoolClient): PostgresPoolClient => {
    const before = known.get(client)
    if (before) return before
    const fresh = prepareStatements(client, nameOf)
    known.set(client, fresh)
    return fresh
  }
  return {
    options: pool.options,
    connect: async () => preparing(await pool.connect()),
    end: () => pool.end(),
  }
}

/** Names the statements worth preparing: the same for every connection. */
function makeStatementNames(): (text: string) => string | undefined {
  const uses = new Map<string, number>()
  const names = new Map<string, string>()
  return (text) => {
    const name = names.get(text)
    if (name !== undefined || names.size >= MOST_PREPARED) return name
    const used = (uses.get(text) ?? 0) + 1
    if (used < PREPARED_FROM_USE) {
      if (uses.size >= MOST_PREPARED) uses.clear()
      uses.set(text, used)
      return undefined
    }
    uses.delete(text)
    names.set(text, createHash('sha256').update(text).digest('base64url').slice(0, 32))
    return names.get(text)
  }
}

function prepareStatements(client: PoolClient, nameOf: (text: string) => string | undefined): PostgresPoolClient {
  let outdated = false
  const query = async (text: string, values: readonly unknown[]) => {
    const isAlone = client.getTransactionStatus() === 'I'
    const name = values.length > 0 && !outdated && (isAlone || !text.includes('*')) ? nameOf(text) : undefined
    if (name === undefined) return client.query(text, [...values])
    try {
      return await client.query({ name, text, values: [...values] })
    } catch (error) {
      if (!isOutdated(error)) throw error
      outdated = true
      if (!isAlone) throw error
      return client.query(text, [...values])
    }
  }
  return {
    // why: the port's other signature is for cursors, which nobody here has.
    query: query as unknown as PostgresPoolClient['query'],
    release: (discard) => client.release(discard || outdated),
  }
}

/** https://www.postgresql.org/docs/18/errcodes-appendix.html: feature_not_supported, said of a plan only in this case. */
function isOutdated(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string }
  return code === '0A000' && message !== undefined && /cached plan must not change result type/.test(message)
}

import type { Kysely } from 'kysely'
import type { Tables } from './tables.ts'

/** The database, or a transaction on it: whoever takes a `Db` works in both. */
export type Db = Kysely<Tables>

import type { Tables } from '#database/tables.ts'
import type { KeyProvider } from './key-provider.ts'
import { rewrap, type SealedPlace } from './seal.ts'

/** A column whose values are sealed with a key of the key ring. */
export interface SealedColumn {
  table: keyof Tables
  /** What names a row, and is part of what its value is bound to. */
  id: string
  column: string
  /** How many bytes stand before the version of the key: the length of the wrapped key, where one is wrapped into the value. */
  versionAt: 0 | 2
  rewrap(keys: KeyProvider, id: string, sealed: Buffer): Promise<Buffer>
  /** When its key was lost: the value goes, or the whole row, which is of no use without it, or it waits for somebody to give it anew. */
  whenLost: 'clear' | 'delete' | 'leave'
}

/**
 * Every such column: what is not here would be left under the old key when it is taken out. A rule test compares it with the schema.
 * Columns sealed under a data key (those of jobs) are not: their key is in `data_keys`.
 */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  envelope('connections', 'sealed_client', { whenLost: 'clear' }),
  envelope('former_clients', 'sealed_client', { id: 'connection_id', as: 'connections', whenLost: 'delete' }),
  envelope('grants', 'sealed', { id: 'connection_id', whenLost: 'delete' }),
  envelope('revocations', 'sealed', { whenLost: 'clear' }),
  envelope('connect_attempts', 'sealed_verifier', { whenLost: 'delete' }),
  envelope('held_grants', 'sealed', { id: 'attempt_id', whenLost: 'delete' }),
  envelope('held_answers', 'sealed_query', { whenLost: 'delete' }),
  envelope('sign_in_attempts', 'sealed_checks', { whenLost: 'delete' }),
  envelope('sign_in_providers', 'sealed_client_secret', { whenLost: 'leave' }),
  envelope('surface_apps', 'sealed_secrets', { whenLost: 'leave' }),
  envelope('surface_installations', 'sealed_credential', { whenLost: 'leave' }),
  envelope('namespaces', 'sealed_secret', { whenLost: 'leave' }),
  {
    table: 'data_keys',
    id: 'id',
    column: 'wrapped',
    versionAt: 0,
    async rewrap(keys, id, wrapped) {
      const context = `data_keys/${id}`
      return keys.wrap(await keys.unwrap(wrapped, context), context)
    },
    whenLost: 'leave',
  },
]

function envelope(
  table: SealedPlace['table'] | 'former_clients',
  column: string,
  {
    id = 'id',
    as = table as SealedPlace['table'],
    whenLost,
  }: { id?: string; as?: SealedPlace['table']; whenLost: SealedColumn['whenLost'] },
): SealedColumn {
  return {
    table,
    id,
    column,
    versionAt: 2,
    rewrap: (keys, rowId, sealed) => rewrap(keys, { table: as, id: rowId, column }, sealed),
    whenLost,
  }
}

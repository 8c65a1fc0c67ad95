import type { JSONColumnType } from 'kysely'

export type Environment = 'DEV' | 'TEST' | 'PROD'

/** jsonb: an object when read, a JSON string when written. */
export type Json = JSONColumnType<Record<string, unknown>>
export type NullableJson = JSONColumnType<Record<string, unknown> | null>

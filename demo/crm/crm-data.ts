import { generateKeyPairSync, randomBytes } from 'node:crypto'
import type { OAuthRows } from './oauth-adapter.ts'

/** An application that may ask persons for access: a "connected app". */
export interface CrmClient {
  client_id: string
  client_secret: string
  /** As the consent page calls it. */
  client_name: string
  /** Compared character by character. */
  redirect_uris: string[]
}

/** A record as it is kept: its fields by name. */
export type Row = { Id: string; [field: string]: string | number | boolean | null }

/** Everything Acme CRM keeps. */
export interface CrmData {
  signingKey: JsonWebKey
  cookieKey: string
  clients: Record<string, CrmClient>
  /** Browser sessions by the hash of their cookie. */
  sessions: Record<string, { userId: string; onTheWayTo: string; expiresAt: number }>
  oauth: OAuthRows
  /** Records by type, then id, oldest first. */
  records: Record<string, Record<string, Row>>
  /** How many records of a type were ever made: ids are never used again. */
  counters: Record<string, number>
}

/** A CRM on its first day. */
export function emptyCrmData(): CrmData {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return {
    signingKey: { ...privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig' } as JsonWebKey,
    cookieKey: randomBytes(32).toString('base64url'),
    clients: {},
    sessions: {},
    oauth: {},
    records: {},
    counters: {},
  }
}

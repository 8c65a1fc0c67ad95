import { randomBytes } from 'node:crypto'
import { decrypt, encrypt } from './cipher.ts'
import type { KeyProvider } from './key-provider.ts'

/** Names the one place a sealed value belongs to. Copied to another row or column it does not open. */
export interface SealedPlace {
  table:
    | 'connections'
    | 'grants'
    | 'revocations'
    | 'connect_attempts'
    | 'held_grants'
    | 'namespaces'
    | 'held_answers'
    | 'sign_in_providers'
    | 'sign_in_attempts'
    | 'surface_apps'
    | 'surface_installations'
  id: string
  column: string
}

const contextOf = (place: SealedPlace): string => `${place.table}/${place.id}/${place.column}`

/** Seals with a data key of its own: `length of wrapped key (2 bytes) | wrapped key | iv | tag | ciphertext`. */
export async function seal(keys: KeyProvider, place: SealedPlace, value: unknown): Promise<Buffer> {
  const context = contextOf(place)
  const dataKey = randomBytes(32)
  const wrapped = await keys.wrap(dataKey, context)
  const length = Buffer.alloc(2)
  length.writeUInt16BE(wrapped.length)
  return Buffer.concat([length, wrapped, encrypt(dataKey, Buffer.from(JSON.stringify(value)), context)])
}

/** The same sealed value under the key in use now: only its data key is wrapped anew. Throws `Bug` as `open` does. */
export async function rewrap(keys: KeyProvider, place: SealedPlace, sealed: Buffer): Promise<Buffer> {
  const context = contextOf(place)
  const end = 2 + sealed.readUInt16BE(0)
  const wrapped = await keys.wrap(await keys.unwrap(sealed.subarray(2, end), context), context)
  const length = Buffer.alloc(2)
  length.writeUInt16BE(wrapped.length)
  return Buffer.concat([length, wrapped, sealed.subarray(end)])
}

/** Opens what `seal` made for the same place. Throws `Bug` for any other. */
export async function open<T>(keys: KeyProvider, place: SealedPlace, sealed: Buffer): Promise<T> {
  const context = contextOf(place)
  const end = 2 + sealed.readUInt16BE(0)
  const dataKey = await keys.unwrap(sealed.subarray(2, end), context)
  return JSON.parse(decrypt(dataKey, sealed.subarray(end), context).toString()) as T
}

import { createHash } from 'node:crypto'
import { UserError } from '#core/errors.ts'

/** One sealing key as it is written: 32 bytes in base 64. `where` names the setting or file in the refusal, `sealing_key_malformed`. */
export function parseKey(text: string, where: string): Buffer {
  const key = Buffer.from(text.trim(), 'base64')
  if (key.length === 32) return key
  throw new UserError(
    'sealing_key_malformed',
    `${where} must hold 32 bytes in base 64. Make a key with: openssl rand -base64 32`,
  )
}

/** Names a key without telling it. */
export function fingerprintOf(key: Buffer): string {
  return createHash('sha256').update('behalf sealing key\n').update(key).digest('hex').slice(0, 32)
}

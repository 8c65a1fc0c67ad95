import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto'
import { Bug } from '#core/errors.ts'

const IV_BYTES = 12
const TAG_BYTES = 16

/**
 * AES-256-GCM with a random IV: `iv | tag | ciphertext`. `context` is bound as associated data. A key used often is better given as a
 * `KeyObject`: to take in its bytes each time costs four times what the sealing does.
 */
export function encrypt(key: Buffer | KeyObject, plaintext: Buffer, context: string): Buffer {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  cipher.setAAD(Buffer.from(context))
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), ciphertext])
}

/** The opposite of `encrypt`. Throws `Bug` when key, context or bytes are not those of the sealing. */
export function decrypt(key: Buffer | KeyObject, sealed: Buffer, context: string): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
    decipher.setAAD(Buffer.from(context))
    decipher.setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
    return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()])
  } catch (cause) {
    throw new Bug(`what was sealed for ${context} does not open`, { cause })
  }
}

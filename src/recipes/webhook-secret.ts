import { createHash, randomBytes } from 'node:crypto'

/** The part of a webhook's address that only its callers know: 32 random bytes in base64url. */
export function newWebhookSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** How it is kept: SHA-256 in hexadecimal. Enough for 256 random bits, which nobody can try out. */
export function hashWebhookSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

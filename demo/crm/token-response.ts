import { createHmac } from 'node:crypto'
import { ORGANIZATION } from './people.ts'

interface TokenResponseContext {
  origin: string
  userId: string
  clientSecret: string
  sendExpiresIn: boolean
}

/** Adds what Salesforce says in a token response beside the standard: where the instance is, and who the token stands for. */
export function tokenResponse(
  { expires_in, ...standard }: Record<string, unknown>,
  { origin, userId, clientSecret, sendExpiresIn }: TokenResponseContext,
): Record<string, unknown> {
  const id = identityUrl(origin, userId)
  const issued_at = String(Date.now())
  const signature = createHmac('sha256', clientSecret)
    .update(id + issued_at)
    .digest('base64')
  return { ...standard, ...(sendExpiresIn ? { expires_in } : {}), instance_url: origin, id, issued_at, signature }
}

/** A person's identity URL: their account id, and where their token tells who they are. */
export function identityUrl(origin: string, userId: string): string {
  return `${origin}/id/${ORGANIZATION.id}/${userId}`
}

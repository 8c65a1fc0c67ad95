import { z } from 'zod'
import type { OutsideAccount } from '#connectors/connector.ts'
import { readAnswer } from '#core/read-answer.ts'

const UserInfo = z.object({
  sub: z.string().min(1),
  email: z.string().min(1),
  email_verified: z.boolean().nullish(),
})

/** https://developers.google.com/identity/openid-connect/openid-connect#an-id-tokens-payload. An address can change hands; `sub` cannot. */
export function readAccount(identity: unknown): OutsideAccount {
  const { sub, email, email_verified } = readAnswer(UserInfo, identity, 'Google')
  return { id: sub, label: email, email: email_verified === false ? null : email }
}

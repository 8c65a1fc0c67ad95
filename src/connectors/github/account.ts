import { z } from 'zod'
import type { OutsideAccount } from '#connectors/connector.ts'
import { readAnswer } from '#core/read-answer.ts'

const User = z.object({
  id: z.int().positive(),
  login: z.string().min(1),
  html_url: z.string().nullish(),
  email: z.string().nullish(),
})

/** https://docs.github.com/en/rest/users/users#get-the-authenticated-user. A login can change hands; the number cannot. */
export function readAccount(identity: unknown): OutsideAccount {
  const user = readAnswer(User, identity, 'GitHub')
  const host = URL.parse(user.html_url ?? '')?.hostname ?? ''
  return {
    id: String(user.id),
    // A bare address says nothing to a person.
    label: /[a-z]\.[a-z]/.test(host) ? `${user.login} at ${host}` : user.login,
    // The public address, which GitHub has verified; null where the person shows none.
    email: user.email || null,
  }
}

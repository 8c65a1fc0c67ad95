import { z } from 'zod'
import type { OutsideAccount } from '#connectors/connector.ts'
import { readAnswer } from '#core/read-answer.ts'

const Me = z.object({ id: z.string().min(1), name: z.string().min(1), email: z.string().nullish() })

/** https://acme.example/docs/api/me */
export function readAccount(identity: unknown): OutsideAccount {
  const { id, name, email } = readAnswer(Me, identity, 'Acme')
  return { id, label: email || name, email: email || null }
}

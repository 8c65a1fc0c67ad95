import { z } from 'zod'
import type { OutsideAccount } from '#connectors/connector.ts'
import { readAnswer } from '#core/read-answer.ts'
import { readRefusal } from './read-refusal.ts'

const AuthTest = z.object({
  ok: z.literal(true),
  team_id: z.string().min(1),
  user_id: z.string().min(1),
  team: z.string().catch(''),
  user: z.string().min(1),
})

/** https://docs.slack.dev/reference/methods/auth.test. A user's id is unique in their workspace alone. Slack tells no e-mail address here. */
export function readAccount(identity: unknown): OutsideAccount {
  const refusal = readRefusal({ status: 200, headers: new Headers(), json: identity })
  if (refusal) throw refusal
  const { team_id, user_id, team, user } = readAnswer(AuthTest, identity, 'Slack')
  return { id: `${team_id}/${user_id}`, label: team ? `${user} at ${team}` : user, email: null }
}

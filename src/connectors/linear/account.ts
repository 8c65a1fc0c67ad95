import { z } from 'zod'
import type { OutsideAccount } from '#connectors/connector.ts'
import { readAnswer } from '#core/read-answer.ts'
import { Data } from './query.ts'

const Who = Data({
  viewer: z.object({ id: z.string().min(1), name: z.string(), email: z.string().nullish() }),
  organization: z.object({ name: z.string() }),
})

/** A person has one id in each workspace. Linear signs people in by their address, so that it is theirs. */
export function readAccount(identity: unknown): OutsideAccount {
  const { viewer, organization } = readAnswer(Who, identity, 'Linear').data
  return { id: viewer.id, label: `${viewer.email || viewer.name} at ${organization.name}`, email: viewer.email || null }
}

import { z } from 'zod'
import type { OutsideAccount } from '#connectors/connector.ts'
import { readAnswer } from '#core/read-answer.ts'

const Me = z.object({ id: z.string().min(1), userPrincipalName: z.string().min(1) })

/**
 * https://learn.microsoft.com/en-us/graph/api/user-get. The object id is the same for ever, and no tenant can choose it.
 * why not `mail`: any tenant can put anybody's address there. The domain of a principal name is one the tenant has proved to be its own.
 */
export function readAccount(identity: unknown): OutsideAccount {
  const { id, userPrincipalName } = readAnswer(Me, identity, 'Microsoft')
  const isGuest = userPrincipalName.includes('#EXT#')
  const isAddress = /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(userPrincipalName)
  return { id, label: userPrincipalName, email: isAddress && !isGuest ? userPrincipalName : null }
}

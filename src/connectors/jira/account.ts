import { z } from 'zod'
import type { OutsideAccount } from '#connectors/connector.ts'
import { readAnswer } from '#core/read-answer.ts'
import type { Settings } from './settings.ts'

const Myself = z.object({
  accountId: z.string().min(1),
  displayName: z.string().min(1),
  emailAddress: z.string().nullish(),
})

/**
 * https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-myself/#api-rest-api-3-myself-get
 * The account's id is the same at every site, and stays. That page does not say that the e-mail address is proved.
 */
export function readAccount(identity: unknown, { settings }: { settings: Settings }): OutsideAccount {
  const { accountId, displayName, emailAddress } = readAnswer(Myself, identity, 'Jira')
  return { id: accountId, label: `${emailAddress || displayName} at ${new URL(settings.site).host}`, email: null }
}

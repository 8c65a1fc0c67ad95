import { z } from 'zod'
import type { OutsideAccount } from '#connectors/connector.ts'
import { readAnswer } from '#core/read-answer.ts'

const UserInfo = z.object({
  user_id: z.string().min(1),
  organization_id: z.string().min(1),
  preferred_username: z.string().min(1),
  email: z.string().nullish(),
  email_verified: z.boolean().nullish(),
  urls: z.object({ custom_domain: z.string().nullish() }).nullish(),
})

/** https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_using_userinfo_endpoint.htm */
export function readAccount(identity: unknown): OutsideAccount {
  const user = readAnswer(UserInfo, identity, 'Salesforce')
  // The organisation has no name here, but its domain begins with one: acme.my.salesforce.com.
  const [, organisation] = /^([a-z0-9-]+)\..*salesforce\.(com|mil)$/.exec(hostnameOf(user.urls?.custom_domain)) ?? []
  return {
    id: `${user.organization_id}/${user.user_id}`,
    label: organisation ? `${user.preferred_username} at ${organisation}` : user.preferred_username,
    // An address that nobody proved is no sign of whose account this is.
    email: user.email_verified === false ? null : (user.email ?? null),
  }
}

const hostnameOf = (url: string | null | undefined): string => URL.parse(url ?? '')?.hostname ?? ''

import type { Person } from './people.ts'
import { ORGANIZATION } from './people.ts'
import { identityUrl } from './token-response.ts'

/** What `/services/oauth2/userinfo` says about a person: OpenID Connect's names, and Salesforce's own. */
export function userInfo(origin: string, person: Person, sub: string) {
  const { name, email, userId } = person
  const [given_name, family_name] = name.split(' ')
  return {
    sub,
    user_id: userId,
    organization_id: ORGANIZATION.id,
    preferred_username: email,
    nickname: person.key,
    name,
    given_name,
    family_name,
    email,
    email_verified: true,
    profile: `${origin}/${userId}`,
    zoneinfo: 'America/Los_Angeles',
    locale: 'en_US',
    language: 'en_US',
    utcOffset: -28_800_000,
    user_type: 'STANDARD',
    active: true,
    urls: serviceUrls(origin, userId),
  }
}

/** What a person's identity URL says. */
export function identity(origin: string, { userId, name, email }: Person) {
  const [first_name, last_name] = name.split(' ')
  return {
    id: identityUrl(origin, userId),
    asserted_user: true,
    user_id: userId,
    organization_id: ORGANIZATION.id,
    username: email,
    nick_name: email,
    display_name: name,
    email,
    email_verified: true,
    first_name,
    last_name,
    timezone: 'America/Los_Angeles',
    active: true,
    user_type: 'STANDARD',
    language: 'en_US',
    locale: 'en_US',
    utcOffset: -28_800_000,
    urls: serviceUrls(origin, userId),
  }
}

function serviceUrls(origin: string, userId: string) {
  const data = `${origin}/services/data/v{version}/`
  return {
    rest: data,
    sobjects: `${data}sobjects/`,
    search: `${data}search/`,
    query: `${data}query/`,
    profile: `${origin}/${userId}`,
    custom_domain: origin,
  }
}

import { KEY_PREFIXES, salesforceId } from './salesforce-ids.ts'

/** Someone with an account at Acme CRM. */
export interface Person {
  /** `alice`: how tests and scripts name them. */
  key: string
  /** Their user id at the CRM, 18 characters. */
  userId: string
  name: string
  email: string
  title: string
  /** May change what others own. */
  seesAll: boolean
  /** May register connected apps. */
  administers: boolean
}

export const ORGANIZATION = { id: salesforceId(KEY_PREFIXES.Organization, 1), name: 'Acme' }

export const PEOPLE: readonly Person[] = [
  person(1, 'Alice Ng', 'Sales representative', {}),
  person(2, 'Bob Ortiz', 'Sales manager', { seesAll: true }),
  person(3, 'Carol Diaz', 'Integration administrator', { seesAll: true, administers: true }),
]

/** A person by key (`alice`), user id or e-mail. */
export function findPerson(name: string): Person | undefined {
  return PEOPLE.find(({ key, userId, email }) => [key, userId, email].includes(name))
}

function person(n: number, name: string, title: string, rights: { seesAll?: boolean; administers?: boolean }): Person {
  const key = name.split(' ')[0]!.toLowerCase()
  return {
    key,
    userId: salesforceId(KEY_PREFIXES.User, n),
    name,
    email: `${key}@acme.test`,
    title,
    seesAll: rights.seesAll ?? false,
    administers: rights.administers ?? false,
  }
}

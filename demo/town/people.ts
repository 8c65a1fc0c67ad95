/** Somebody who can sign in at Behalf. */
export interface Townsperson {
  /** `alice`: their login at GitHub. */
  key: string
  /** As they are called everywhere. */
  name: string
  email: string
  /** Known to everybody: the town listens on 127.0.0.1 only. */
  password: string
  /** What they are there for. */
  part: string
}

export const ALICE = person('Alice Ng', 'sells, and has no rights in Behalf but to run what is shared with her')
export const BOB = person('Bob Ortiz', 'leads sales; the Salesforce connection was set up with his account')
export const DANA = person('Dana Builder', 'builds the recipes, and answers for the connections')

function person(name: string, part: string): Townsperson {
  const key = name.split(' ')[0]!.toLowerCase()
  return { key, name, email: `${key}@acme.test`, password: `${key}-lives-in-acme`, part }
}

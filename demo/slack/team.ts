import type { TeamWanted, UserWanted } from '../../test/support/slack/world.ts'
import { ALICE, BOB, DANA, type Townsperson } from '../town/people.ts'

/** Acme's team in the emulated Slack: the people of the town, with the addresses they have in Behalf. */
export const TEAM: TeamWanted = {
  id: 'T0000ACME',
  name: 'Acme',
  domain: 'acme',
  users: [DANA, ALICE, BOB].map(userOf),
  channels: [
    { id: 'C000SALES', name: 'sales' },
    { id: 'C0SUPPORT', name: 'support' },
  ],
}

/** Those whom a browser can be there. */
export const MEMBERS = [ALICE, BOB]

function userOf({ key, name, email }: Townsperson): UserWanted {
  return { id: `U000${key.toUpperCase()}`, name: key, realName: name, email, kind: 'member', emailConfirmed: true }
}

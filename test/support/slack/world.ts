/** Somebody who has an account in a Slack team. */
export interface UserWanted {
  /** `U…`, unique in its team. */
  id: string
  /** `alice` */
  name: string
  realName: string
  email: string | null
  kind: 'member' | 'guest' | 'deactivated' | 'bot'
  /** What Slack says of the address; undefined where it says nothing. */
  emailConfirmed?: boolean
  /** The team whose account it is, where that is another: somebody met in a shared channel. */
  homeTeam?: string
}

export interface TeamWanted {
  /** `T…` */
  id: string
  name: string
  /** `acme` of `acme.slack.com` */
  domain: string
  enterprise?: { id: string; name: string }
  users: UserWanted[]
  /** Everybody is a member of each; the bot of all but those named here. */
  channels: { id: string; name: string; isPrivate?: boolean; withoutBot?: boolean }[]
}

export interface SlackAppWanted {
  client_id: string
  client_secret: string
  app_id: string
  signing_secret: string
  app_token: string
}

/** The app as its pages at Slack show it. */
export const APP: SlackAppWanted = {
  client_id: 'behalf',
  client_secret: 'secret-of-the-test-client',
  app_id: 'A0BEHALF1',
  signing_secret: 'a-signing-secret-of-the-test-app',
  app_token: 'xapp-1-A0BEHALF1-the-app-level-token',
}

const member = (id: string, name: string, realName: string, more: Partial<UserWanted> = {}): UserWanted => ({
  id,
  name,
  realName,
  email: `${name}@acme.test`,
  kind: 'member',
  emailConfirmed: true,
  ...more,
})

/** Olivia, who installs; Alice and Bob; and those who may not: a guest, somebody deactivated, a bot, and Sam of another team. */
export const ACME: TeamWanted = {
  id: 'T0000ACME',
  name: 'Acme',
  domain: 'acme',
  users: [
    member('U000OLIVIA', 'olivia', 'Olivia Owner'),
    member('U000ALICE', 'alice', 'Alice Ng'),
    member('U000BOB', 'bob', 'Bob Ortiz'),
    member('U000GINA', 'gina', 'Gina Guest', { kind: 'guest', email: 'gina@agency.test' }),
    member('U000DORA', 'dora', 'Dora Dent', { kind: 'deactivated' }),
    member('U000ROBOT', 'robot', 'Robot', { kind: 'bot', email: null }),
    member('U000SAM', 'sam', 'Sam Stranger', { email: 'sam@globex.test', homeTeam: 'T00GLOBEX' }),
  ],
  channels: [
    { id: 'C000SALES', name: 'sales' },
    { id: 'C000BOARD', name: 'board', isPrivate: true },
    { id: 'C000LOUNGE', name: 'lounge', withoutBot: true },
  ],
}

/** Another company, where somebody else has Alice's very user id. */
export const GLOBEX: TeamWanted = {
  id: 'T00GLOBEX',
  name: 'Globex',
  domain: 'globex',
  users: [
    member('U000GRETA', 'greta', 'Greta Globex', { email: 'greta@globex.test' }),
    member('U000ALICE', 'alan', 'Alan Albright', { email: 'alan@globex.test' }),
  ],
  channels: [{ id: 'C0GSALES', name: 'sales' }],
}

const INITECH = { id: 'E0INITECH', name: 'Initech' }

/** An Enterprise Grid: two teams, whose users' ids are the enterprise's. */
export const GRID: TeamWanted[] = [
  {
    id: 'T0INIEAST',
    name: 'Initech East',
    domain: 'initech-east',
    enterprise: INITECH,
    users: [
      member('W000IRENE', 'irene', 'Irene Initech', { email: 'irene@initech.test' }),
      member('W000PETER', 'peter', 'Peter Park', { email: 'peter@initech.test' }),
    ],
    channels: [{ id: 'C0IEAST', name: 'east' }],
  },
  {
    id: 'T0INIWEST',
    name: 'Initech West',
    domain: 'initech-west',
    enterprise: INITECH,
    users: [member('W000PETER', 'peter', 'Peter Park', { email: 'peter@initech.test' })],
    channels: [{ id: 'C0IWEST', name: 'west' }],
  },
]

/** Somebody in Teams, as the fake knows them. */
export interface TeamsUser {
  name: string
  /** In Entra. */
  objectId: string
  /** What bots call them by. */
  account: string
  upn: string
  mail: string
  tenant: string
  role: 'user' | 'guest' | 'anonymous'
  /** Whether the app is in their own chats. */
  hasApp: boolean
  /** Whether they are still there. */
  isThere: boolean
}

export const TENANT = '7b0a9f1e-1111-4222-8333-0123456789ab'
export const OTHER_TENANT = '9c0b8e2d-4444-4555-8666-ba9876543210'
export const APP = { client_id: '3f6c1d2e-aaaa-4bbb-8ccc-0a1b2c3d4e5f', client_secret: 'a-secret-of-the-teams-client' }

const user = (name: string, objectId: string, more: Partial<TeamsUser> = {}): TeamsUser => {
  const upn = `${name.split(' ')[0]?.toLowerCase()}@acme.test`
  const account = `29:1${objectId.slice(0, 8)}-of-${name.replaceAll(' ', '-')}`
  return { name, objectId, account, upn, mail: upn, tenant: TENANT, role: 'user', hasApp: true, isThere: true, ...more }
}

/** Everybody there is, by first name in small letters. */
export const users = (): Record<string, TeamsUser> => ({
  alice: user('Alice Ng', 'a11ce000-0000-4000-8000-000000000001'),
  bob: user('Bob Ortiz', 'b0b00000-0000-4000-8000-000000000002'),
  mallory: user('Mallory Moe', 'ba110000-0000-4000-8000-000000000003'),
  olivia: user('Olivia Owner', '011e1a00-0000-4000-8000-000000000004'),
  gus: user('Gus Guest', 'c0de0000-0000-4000-8000-000000000005', {
    upn: 'gus_evil.test#EXT#@acme.onmicrosoft.test',
    role: 'guest',
  }),
  /** In a channel that is shared with another organisation, where her object id is Alice's. */
  stella: user('Stella Stranger', 'a11ce000-0000-4000-8000-000000000001', {
    account: '29:1stranger',
    upn: 'alice@acme.test',
    tenant: OTHER_TENANT,
    hasApp: false,
  }),
})

import { ALICE, BOB, DANA, type Townsperson } from '../town/people.ts'

/** Acme's directory and Behalf's app in it, as far as Teams goes. */
export const TENANT = '7b0a9f1e-1111-4222-8333-0123456789ab'
export const BOT = '3f6c1d2e-aaaa-4bbb-8ccc-0a1b2c3d4e5f'

/** Somebody of that tenant, as the playground's configuration has them. */
const userOf = ({ key, name, email }: Pick<Townsperson, 'key' | 'name' | 'email'>, index: number) => ({
  id: `29:${key}`,
  name,
  // As the playground spells it.
  userPrincipleName: email,
  aadObjectId: `00000000-0000-4000-8000-00000000000${index}`,
  givenName: name.split(' ')[0],
  surname: name.split(' ')[1],
  email,
})

/** Who has no part in the story, but the playground wants to have five besides the one who sits at it. */
const OTHERS = ['Carol Diaz', 'Erin Frost', 'Femi Gold'].map((name) => {
  const key = name.split(' ')[0]?.toLowerCase() ?? ''
  return { key, name, email: `${key}@acme.test` }
})

/** The playground's configuration, where Alice sits at it. */
export const playgroundConfig = () => ({
  version: '0.1.1',
  tenantId: TENANT,
  bot: { id: `28:${BOT}`, name: 'Behalf' },
  currentUser: userOf(ALICE, 0),
  users: [BOB, DANA, ...OTHERS].map((person, index) => userOf(person, index + 1)),
  personalChat: { id: 'a:chat-of-alice' },
  groupChat: { id: '19:acme@thread.v2', name: 'Acme' },
  team: {
    id: '19:general@thread.tacv2',
    name: 'Acme',
    aadGroupId: '00000000-0000-4000-8000-000000000009',
    channels: [{ id: '19:sales@thread.tacv2', name: 'Sales' }],
  },
})

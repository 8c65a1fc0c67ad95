import { afterAll, beforeAll, expect, test } from 'vitest'
import { openUnsigned, otherCode } from '../support/code-stage.ts'
import { GENERAL, readable } from '../support/teams/person.ts'
import { linkIn, signInOn, startTeamsStage, type TeamsStage } from '../support/teams/stage.ts'
import { until } from '../support/until.ts'

const ASKED = 'works with your own Salesforce account'

let stage: TeamsStage
beforeAll(async () => {
  stage = await startTeamsStage()
})
afterAll(() => stage.stop())

/** Has somebody speak to the bot, who is a person here from then on. */
async function introduce(name: string): Promise<void> {
  const person = stage.person(name)
  await person.says('help')
  await person.reads('You can run these')
}

const persons = async (): Promise<{ id: string; name: string }[]> => (await stage.owner.api('GET', '/people')).body.data
const installation = async () => (await stage.owner.api('GET', '/surfaces/teams')).body.data.installations[0]
const change = async (more: object) =>
  stage.owner.api('PATCH', `/surface-installations/${(await installation()).id}`, more)

test('email-collision: in Teams, whoever signs in there with the name of a person here is that person, once, and only of an allowed domain', async () => {
  const here = await stage.addPerson('Alice Ng')
  const { alice, mallory } = { alice: stage.person('alice'), mallory: stage.person('mallory') }
  await alice.says('help')
  await alice.reads('You can run these')
  expect((await persons()).filter(({ name }) => name === 'Alice Ng')).toMatchObject([{ id: here.person.id }])
  // A mail address is nobody's proof; the name people sign in with is.
  Object.assign(mallory.user, { mail: 'alice@acme.test', upn: 'mallory@evil.test' })
  await mallory.says('help')
  await mallory.reads('You can run these')
  const [made] = (await persons()).filter(({ name }) => name === 'Mallory Moe')
  expect(made).toMatchObject({ email: null })
})

test('email-collision: in Teams, a guest does not become the person whose address their name holds', async () => {
  const gus = stage.person('gus')
  Object.assign(gus.user, { mail: 'alice@acme.test' })
  await gus.says('help')
  await gus.reads('Guests of Microsoft Teams cannot use this')
  expect((await stage.audit('surface.person_refused')).at(-1)).toMatchObject({ why: 'guest' })
  await change({ allows_guests: true })
  await gus.says('help')
  await gus.reads('You can run these')
  expect((await persons()).find(({ name }) => name === 'Gus Guest')).toMatchObject({ email: null })
})

test('same-user-id-other-workspace: in a shared channel somebody of another tenant with Alice’s object id is not Alice', async () => {
  const stella = stage.person('stella')
  await introduce('alice')
  await stella.saysIn(GENERAL, 'help')
  await stella.reads('Only people of Microsoft Teams can use this', GENERAL)
  await change({ allows_strangers: true })
  stage.advance(11 * 60_000)
  stella.user.hasApp = true
  await stella.saysIn(GENERAL, 'help')
  await stella.reads('You can run these')
  const subjects = await stage.database.db.selectFrom('identities').select(['subject', 'person_id']).execute()
  const same = subjects.filter(({ subject }) => subject.endsWith(stella.user.objectId))
  expect(same).toHaveLength(2)
  expect(new Set(same.map(({ person_id }) => person_id)).size).toBe(2)
  await change({ allows_strangers: false })
})

test('link-in-the-open: in Teams, the link never stands in a channel; where no direct message can be sent, the job ends and no link is anywhere', async () => {
  const bob = stage.person('bob')
  await bob.saysIn(GENERAL, 'create opportunity name: Open')
  await bob.reads(ASKED)
  await bob.reads('I have sent you a direct message.', GENERAL)
  bob.user.hasApp = false
  const before = JSON.stringify(stage.microsoft.messages).split('/connect/l/').length
  await bob.saysIn(GENERAL, 'create opportunity name: Nowhere')
  await bob.reads('I cannot write to you directly', GENERAL)
  expect((await stage.jobs()).at(-1)).toEqual({ status: 'failed', code: 'ask_undeliverable' })
  expect(JSON.stringify(stage.microsoft.messages).split('/connect/l/')).toHaveLength(before)
  expect(bob.sees(GENERAL).map(readable).join()).not.toContain('/connect/')
  bob.user.hasApp = true
})

test('link-in-the-open: in Teams, lists and forms of one person are for them alone', async () => {
  const bob = stage.person('bob')
  await bob.saysIn(GENERAL, 'personal_connections')
  await bob.reads('Here is a list of your connections')
  expect(bob.sees(GENERAL).map(readable).join()).not.toContain('Here is a list')
})

test('forwarded-link: in Teams, Mallory’s link, opened by Alice in her own browser, does not make her account his', async () => {
  const { alice, mallory } = { alice: stage.person('alice'), mallory: stage.person('mallory') }
  await introduce('alice')
  await mallory.says('create opportunity name: Forwarded')
  const link = linkIn(await mallory.reads(ASKED))
  const page = await signInOn(await stage.browserOf(alice).open(link))
  expect(page.status).toBe(403)
  expect(page.text()).toContain('This link is for somebody else')
  expect(stage.crm.liveGrantsOf('alice')).toBe(0)
})

test('code-guess: in Teams, a wrong code burns the link, and the right one does nothing any more', async () => {
  const mallory = stage.person('mallory')
  await mallory.says('create opportunity name: Guessed')
  const link = linkIn(await mallory.reads(ASKED))
  const { code } = await openUnsigned(`${link}?way=code`)
  await mallory.says(`code ${otherCode(code)}`)
  await mallory.reads('That is not the code of your page')
  await mallory.says(`code ${code}`)
  await mallory.reads('No page of yours waits for a code')
  expect((await stage.audit('connect.link_burnt')).at(-1)).toMatchObject({ why: 'wrong_code' })
  expect((await stage.jobs()).at(-1)?.status).toBe('waiting_for_connection')
})

test('whoever is no member of the tenant any more is refused, and whatever else they run goes nowhere', async () => {
  const bob = stage.person('bob')
  await introduce('bob')
  stage.advance(11 * 60_000)
  bob.user.isThere = false
  const before = (await stage.jobs()).length
  await bob.says('create opportunity name: Gone')
  await until(async () => (await stage.audit('surface.person_refused')).some(({ why }) => why === 'deactivated'))
  expect(await stage.jobs()).toHaveLength(before)
})

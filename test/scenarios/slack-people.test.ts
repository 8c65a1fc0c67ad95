import { afterAll, beforeAll, expect, test } from 'vitest'
import { linkIn, type SlackStage, startSlackStage } from '../support/slack/stage.ts'
import { ACME, GLOBEX } from '../support/slack/world.ts'
import { until } from '../support/until.ts'

const ASKED = 'works with your own Salesforce account'

let stage: SlackStage
beforeAll(async () => {
  stage = await startSlackStage({ teams: [ACME, GLOBEX] })
})
afterAll(() => stage.stop())

const people = async (): Promise<{ name: string; email: string | null }[]> =>
  (await stage.owner.api('GET', '/people')).body.data

async function installation(): Promise<string> {
  const { body } = await stage.owner.api('GET', '/surfaces/slack')
  return body.data.installations[0].id
}

const change = async (settings: object) =>
  expect((await stage.owner.api('PATCH', `/surface-installations/${await installation()}`, settings)).status).toBe(200)

test.each([
  ['gina', 'guest', /Guests of Acme cannot use this/],
  ['sam', 'stranger', /Only people of Acme can use this/],
  ['dora', 'deactivated', /is deactivated/],
])('%s, a %s, is refused, told so alone, and on record', async (name, why, told) => {
  const somebody = stage.slack.person(name)
  await somebody.saysIn('sales', '@Behalf create opportunity name: Refused')
  const seen = await until(async () =>
    [...(await somebody.sees('sales')), ...(await somebody.sees())].find(({ text }) => told.test(text)),
  )
  if (why !== 'deactivated') expect(seen.isPrivate).toBe(true)
  expect((await stage.audit('surface.person_refused')).at(-1)).toMatchObject({ user: somebody.user.id, why })
  expect(await stage.jobs()).toEqual([])
  expect((await people()).map((each) => each.name)).not.toContain(somebody.user.realName)
})

test('a bot is not answered at all', async () => {
  const robot = stage.slack.person('robot')
  const before = stage.slack.calls('chat.postMessage').length
  await robot.says('help')
  await stage.alice.says('help')
  await stage.alice.reads('create opportunity')
  expect(await robot.sees()).toHaveLength(1)
  expect(stage.slack.calls('chat.postMessage').slice(before)).toHaveLength(1)
})

test('where an administrator allows guests and strangers they are people of their own', async () => {
  await change({ allows_guests: true, allows_strangers: true })
  for (const name of ['gina', 'sam']) {
    const somebody = stage.slack.person(name)
    await somebody.saysIn('sales', '@Behalf create opportunity name: Allowed')
    expect((await somebody.reads(ASKED, 'sales')).isPrivate).toBe(true)
  }
  await change({ allows_guests: false, allows_strangers: false })
  await stage.slack.person('gina').runs('/behalf', 'connections')
  await stage.slack.person('gina').reads('Guests of Acme')
})

test('whoever has a verified address of an allowed domain is the person who is here already; anybody else is a new one', async () => {
  const bob = await stage.addPerson('Bob Ortiz')
  await stage.bob.says('help')
  await stage.bob.reads('create opportunity')
  const known = stage.database.db.selectFrom('identities').select('subject').where('person_id', '=', bob.person.id)
  expect(await known.execute()).toEqual([{ subject: 'slack:T0000ACME:U000BOB' }])
  expect((await people()).filter(({ name }) => name === 'Bob Ortiz')).toHaveLength(1)
})

test('who is deactivated in Behalf is refused in Slack, and who is deactivated in Slack is nobody from then on', async () => {
  const { alice } = stage
  await alice.says('create opportunity name: Active')
  await stage.connect(alice, linkIn(await alice.reads(ASKED)), 'Alice Ng')
  await alice.reads('Created Active.')
  const { body } = await stage.owner.api('GET', '/people')
  const { id } = body.data.find(({ email }: { email: string }) => email === 'alice@acme.test')
  await stage.owner.api('POST', `/people/${id}/deactivate`)
  await alice.says('create opportunity name: Never')
  await alice.reads('Your account in Behalf is deactivated')
  await stage.owner.api('POST', `/people/${id}/reactivate`)
  await stage.slack.changeUser('alice', { kind: 'deactivated' })
  await alice.says('create opportunity name: Nor now')
  await until(async () => (await stage.audit('surface.person_refused')).at(-1)?.why === 'deactivated')
  await stage.slack.changeUser('alice', { kind: 'member' })
  expect(stage.ownerOf('Never') ?? stage.ownerOf('Nor now')).toBeUndefined()
})

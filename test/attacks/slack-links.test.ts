import { afterAll, beforeAll, expect, test } from 'vitest'
import { openUnsigned, otherCode } from '../support/code-stage.ts'
import type { SlackPerson } from '../support/slack/person.ts'
import { linkIn, type SlackStage, startSlackStage } from '../support/slack/stage.ts'
import { until } from '../support/until.ts'

const ASKED = 'works with your own Salesforce account'

let stage: SlackStage
beforeAll(async () => {
  stage = await startSlackStage()
  for (const each of [stage.alice, stage.bob]) {
    await each.says('help')
    await each.reads('create opportunity')
  }
})
afterAll(() => stage.stop())

/** Runs the command, and gives the link of the prompt that comes. */
async function ask(person: SlackPerson, name: string): Promise<string> {
  const before = (await person.sees()).length
  await person.says(`create opportunity name: ${name}`)
  return until(async () => {
    const prompt = (await person.sees()).slice(before).find(({ text }) => text.includes(ASKED))
    return prompt && linkIn(prompt)
  })
}

const bound = async () => stage.database.db.selectFrom('grants').select('connection_id').execute()

test('forwarded-link: a link that Bob was sent in Slack and gives to Alice does not bind her account to him', async () => {
  const { alice, bob } = stage
  const before = await bound()
  const link = await ask(bob, 'Forwarded')
  const page = await (await (await stage.browserOf(alice).open(link)).click('Sign in')).click('Sign in with Slack')
  expect(page.status).toBe(403)
  expect(page.text()).toContain('This link is for somebody else')
  expect(page.forms).toEqual([])
  expect((await stage.audit('connect.link_refused')).at(-1)).toMatchObject({ why: 'somebody_else' })
  expect(await bound()).toEqual(before)
  expect(stage.crm.liveGrantsOf('alice')).toBe(0)
})

test('code-guess: a wrong code that is typed in Slack burns the link, and the job waits on', async () => {
  const { alice } = stage
  const link = await ask(alice, 'Guessed')
  const { browser, code } = await openUnsigned(`${link}?way=code`)
  await alice.says(`code ${otherCode(code)}`)
  await alice.reads('its link was given up')
  await alice.says(`code ${code}`)
  await alice.reads('No page of yours waits')
  expect((await browser.open(link)).status).toBe(410)
  expect((await stage.audit('connect.link_burnt')).at(-1)).toMatchObject({ why: 'wrong_code' })
  expect((await stage.jobs()).at(-1)?.status).toBe('waiting_for_connection')
})

test('code-guess: “I did not open anything”, pressed in Slack, burns the link, and administrators are told at once', async () => {
  const { bob } = stage
  const link = await ask(bob, 'Not his')
  const { browser } = await openUnsigned(`${link}?way=code`)
  await bob.presses(await bob.reads('type here the code'), 'I did not open anything')
  await bob.reads('administrators have been told')
  expect((await browser.open(link)).status).toBe(410)
  expect((await stage.audit('connect.link_burnt')).at(-1)).toMatchObject({ why: 'not_me' })
  expect(stage.ownerOf('Not his')).toBeUndefined()
})

test('code-of-another-browser: the code that Bob’s browser shows, typed in Slack by Alice, ties nobody', async () => {
  const { alice, bob } = stage
  const link = await ask(alice, 'Another browser')
  const { browser } = await openUnsigned(`${link}?way=code`)
  const other = await openUnsigned(`${await ask(bob, 'His own')}?way=code`)
  await alice.says(`code ${other.code}`)
  await alice.reads('its link was given up')
  for (const each of [browser, other.browser])
    expect((await each.open(link)).buttons.map(({ label }) => label)).not.toContain('Connect Salesforce')
})

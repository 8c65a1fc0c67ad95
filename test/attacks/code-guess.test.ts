import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestPerson } from '../support/behalf.ts'
import { expectTold, openUnsigned, otherCode, say } from '../support/code-stage.ts'
import { holdAnswer } from '../support/hold-answer.ts'
import { type Stage, startStage } from '../support/stage.ts'
import { consentAt, pressConnect } from '../support/trip.ts'
import { until } from '../support/until.ts'

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.stop())

async function jobsOf({ api }: TestPerson): Promise<string[]> {
  const { body } = await api('GET', '/me/jobs')
  return body.data.map(({ status }: { status: string }) => status)
}

/** Burns one link of this person's by a wrong code. */
async function burn(person: TestPerson, name: string): Promise<string> {
  const { code } = await openUnsigned(await stage.ask(person, name))
  return say(person, `code ${otherCode(code)}`)
}

test('code-guess: one wrong code burns the link for good, and the job waits on', async () => {
  const alice = await stage.addPerson('Agnes Ng')
  const link = await stage.ask(alice, 'Guessed')
  const { browser, code } = await openUnsigned(link)
  expect(await say(alice, `code ${otherCode(code)}`)).toContain('its link was given up')
  expect(await say(alice, `code ${code}`)).toContain('No page of yours waits')
  for (const each of [browser, alice.browser]) {
    const page = await each.open(link)
    expect(page.status).toBe(410)
    expect(page.text()).toContain('This link was given up')
    expect(page.buttons.map(({ label }) => label)).toEqual(['Send me a fresh message'])
  }
  await expect(openUnsigned(link)).rejects.toThrow('no code')
  expect(await jobsOf(alice)).toEqual(['waiting_for_connection'])
  expect((await stage.audit('connect.link_burnt')).at(-1)).toMatchObject({
    why: 'wrong_code',
    person_id: alice.person.id,
  })
  // A fresh link is as good as ever, for the same job.
  await (await browser.open(link)).click('Send me a fresh message')
  await openUnsigned(await alice.prompt(1))
  expect(await jobsOf(alice)).toEqual(['waiting_for_connection'])
})

test('code-guess: what cannot be a code burns nothing, nor does a code when no page waits for one', async () => {
  const alice = await stage.addPerson('Anita Ng')
  expect(await say(alice, 'code ABC234')).toContain('No page of yours waits')
  const link = await stage.ask(alice, 'Mistyped')
  const { browser, code } = await openUnsigned(link)
  for (const typed of [code.slice(1), `${code}2`, 'O0I1O0', 'open it'])
    expect(await say(alice, `code ${typed}`)).toContain('six characters')
  expect(await say(alice, `  CODE  ${code.slice(0, 3)} ${code.slice(3)} `)).toContain('goes on now')
  expect((await browser.open(link)).text()).toContain('For Anita Ng')
})

test('code-guess: “not me” burns every link that was opened, a tied one in mid-trip too, and administrators are told at once', async () => {
  const alice = await stage.addPerson('Ada Ng')
  const link = await stage.ask(alice, 'Not hers')
  const { browser, code } = await openUnsigned(link)
  await say(alice, `code ${code}`)
  const callback = await consentAt(browser, await pressConnect(browser, link), 'Alice Ng')
  expect(await say(alice, 'Not me!'.replace('!', '.'))).toContain('administrators have been told')
  const exchanges = stage.exchanges()
  expect((await browser.open(callback)).status).toBe(403)
  expect(stage.exchanges()).toBe(exchanges)
  expect((await browser.open(link)).status).toBe(410)
  expect(await jobsOf(alice)).toEqual(['waiting_for_connection'])
  await expectTold(stage.owner, 'Ada Ng says that somebody else opened')
  expect((await stage.audit('connect.link_burnt')).at(-1)).toMatchObject({ why: 'not_me' })
  expect(await say(alice, 'not me')).toContain('nothing to give up')
})

test('code-guess: “not me” that is said while the code is being exchanged stores nothing, and gives back what came', async () => {
  const alice = await stage.addPerson('Alma Ng')
  const link = await stage.ask(alice, 'At the last moment')
  const { browser, code } = await openUnsigned(link)
  await say(alice, `code ${code}`)
  const callback = await consentAt(browser, await pressConnect(browser, link), 'Alice Ng')
  const before = stage.crm.liveGrantsOf('alice')
  const held = holdAnswer(stage.ctx, ({ url }) => url.pathname.includes('token'))
  const coming = browser.open(callback)
  await held.arrived
  await say(alice, 'not me')
  held.release()
  expect((await coming).status).toBe(403)
  expect((await stage.bound()).filter((who) => who.startsWith('Alma'))).toEqual([])
  await until(() => stage.crm.liveGrantsOf('alice') < before)
})

/** As the list of people says it. */
async function pausedUntil({ person }: TestPerson): Promise<string | null> {
  const { body } = await stage.owner.api('GET', '/people')
  return body.data.find(({ id }: { id: string }) => id === person.id).asking_paused_until
}

test('code-guess: the third burnt link in a day pauses asking, until it is over or an administrator resumes it', async () => {
  const mallory = await stage.addPerson('Max Moe')
  expect(await burn(mallory, 'One')).not.toContain('24 hours')
  expect(await burn(mallory, 'Two')).not.toContain('24 hours')
  expect(await burn(mallory, 'Three')).toContain('24 hours')
  await expectTold(stage.owner, 'Three connect links of Max Moe')
  const asked = (await mallory.chat()).filter(({ kind }) => kind === 'ask').length
  await mallory.say('create opportunity name: Four')
  await expectTold(mallory, 'You are sent no links for now')
  expect((await mallory.chat()).filter(({ kind }) => kind === 'ask')).toHaveLength(asked)
  expect(await stage.audit('connect.asking_paused')).toMatchObject([{}])
  expect(await pausedUntil(mallory)).toEqual(expect.any(String))

  expect((await stage.alice.api('POST', `/people/${mallory.person.id}/resume-asking`)).status).toBe(403)
  expect((await stage.owner.api('POST', `/people/${mallory.person.id}/resume-asking`)).status).toBe(204)
  expect(await pausedUntil(mallory)).toBeNull()
  // Counted anew.
  expect(await burn(mallory, 'Five')).not.toContain('24 hours')
})

test('code-guess: a pause ends by itself after a day', async () => {
  const mallory = await stage.addPerson('Mia Moe')
  for (const name of ['One', 'Two', 'Three']) await burn(mallory, name)
  stage.advance(25 * 60 * 60 * 1000)
  expect(await pausedUntil(mallory)).toBeNull()
  await openUnsigned(await stage.ask(mallory, 'Tomorrow'))
})

test('code-guess: the database holds neither the code nor anything it can be tried against', async () => {
  const link = await stage.ask(stage.alice, 'At rest')
  const { browser, code } = await openUnsigned(link)
  const token = browser.jar.get(stage.url, 'behalf-tie') ?? ''
  expect(Buffer.from(token, 'base64url')).toHaveLength(32)
  const rows = await stage.database.db.selectFrom('connect_ties').selectAll().execute()
  const text = rows.flatMap((row) => Object.values(row).map((value) => value?.toString('latin1') ?? '')).join('\n')
  for (const secret of [code, token, Buffer.from(code).toString('hex')]) expect(text).not.toContain(secret)
})

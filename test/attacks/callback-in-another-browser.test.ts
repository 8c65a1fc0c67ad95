import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Browser, openBrowser } from '../support/browser.ts'
import { type Stage, startStage } from '../support/stage.ts'
import { consentAt, pressConnect, signInAs } from '../support/trip.ts'

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.stop())

/** Opens the callback here: nothing is exchanged, nobody is bound, and it is on record. */
async function expectRefused(browser: Browser, callback: URL, why: string): Promise<void> {
  const [exchanges, refused] = [stage.exchanges(), (await stage.audit('connect.callback_refused')).length]
  const page = await browser.open(callback)
  expect(page.status).toBe(403)
  expect(page.text()).toContain('Nothing was connected')
  expect(stage.exchanges()).toBe(exchanges)
  expect(await stage.bound()).toEqual([])
  const events = await stage.audit('connect.callback_refused')
  expect(events).toHaveLength(refused + 1)
  expect(events.at(-1)).toMatchObject({ why })
}

/** Alice's own browser, in which her session becomes another one, or ends. */
async function signOut(): Promise<Browser> {
  expect((await stage.alice.api('POST', '/session/sign_out')).status).toBe(204)
  return stage.alice.browser
}

async function signOutAndIn(): Promise<Browser> {
  const browser = await signOut()
  await signInAs(stage, browser, stage.alice)
  return browser
}

async function anotherOfHers(): Promise<Browser> {
  const browser = openBrowser()
  await signInAs(stage, browser, stage.alice)
  return browser
}

test.each<[string, () => Browser | Promise<Browser>]>([
  ['Mallory’s', () => stage.mallory.browser],
  ['a browser nobody is signed in with', () => openBrowser()],
  ['another browser of Alice’s', anotherOfHers],
  ['her own, after signing out and in again', signOutAndIn],
  ['her own, after signing out', signOut],
])('callback-in-another-browser: what began in Alice’s ends in %s', async (where, otherBrowser) => {
  const link = await stage.ask(stage.alice, where)
  const callback = await consentAt(stage.alice.browser, await pressConnect(stage.alice.browser, link), 'Alice Ng')
  await expectRefused(await otherBrowser(), callback, 'another_browser')
  // It is used up: whoever has read it in the other browser's history gains nothing from Alice opening it.
  if ((await stage.alice.api('GET', '/session')).status === 401) await signInAs(stage, stage.alice.browser, stage.alice)
  expect((await stage.alice.browser.open(callback)).status).toBe(403)
  expect(await stage.bound()).toEqual([])
  await stage.expectAliceCanConnect(link, where)
})

test('callback-in-another-browser: Alice consents to what Mallory began, and her account does not become his', async () => {
  const authorization = await pressConnect(stage.mallory.browser, await stage.ask(stage.mallory, 'Sent to her'))
  const callback = await consentAt(stage.alice.browser, authorization, 'Alice Ng')
  await expectRefused(stage.alice.browser, callback, 'another_browser')
  const page = await stage.mallory.browser.open(callback)
  expect(page.status).toBe(403)
  expect(stage.crm.opportunities()).not.toContainEqual(expect.objectContaining({ name: 'Sent to her' }))
  expect(await stage.bound()).toEqual([])
})

test('callback-in-another-browser: a parent’s own trip ends only where it began', async () => {
  const { owner } = stage
  const other = await stage.addPerson('Oscar Owner', 'owner')
  const { body } = await owner.api('POST', `/connections/${stage.parent}/connect`)
  const before = await accountOf(stage.parent)
  const callback = await consentAt(owner.browser, new URL(body.data.url), 'Carol Diaz')
  await expectRefused(other.browser, callback, 'another_browser')
  expect(await accountOf(stage.parent)).toEqual(before)
})

function accountOf(id: Stage['parent']) {
  const row = stage.database.db.selectFrom('connections').select(['account_id', 'account_label']).where('id', '=', id)
  return row.executeTakeFirstOrThrow()
}

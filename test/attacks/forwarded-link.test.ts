import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Browser, openBrowser, type Page } from '../support/browser.ts'
import { type Stage, startStage } from '../support/stage.ts'
import { post, pressConnect, signInAs } from '../support/trip.ts'

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.stop())

/** What pressing the connect page's buttons sends. */
const presses = (): Record<string, string>[] => [{ do: 'connect', connection: stage.parent }, { do: 'decline' }]

function expectRefusal(page: Page): void {
  expect(page.status).toBe(403)
  expect(page.text()).toContain('This link is for somebody else')
  expect(page.forms).toEqual([])
}

/** Opens the link in this browser and presses what the right person would see there. */
async function expectNothingDone(browser: Browser, link: string): Promise<void> {
  const before = await stage.attempts()
  expectRefusal(await browser.open(link))
  for (const form of presses()) expect((await post(browser, link, form)).status).toBe(403)
  expect(await stage.attempts()).toBe(before)
  expect(await stage.bound()).toEqual([])
}

const refusals = () => stage.audit('connect.link_refused')

test('forwarded-link: Alice opens Mallory’s link, and her account does not become his', async () => {
  const link = await stage.ask(stage.mallory, 'Forwarded')
  await expectNothingDone(stage.alice.browser, link)
  const [mallory, alice] = [stage.mallory.person.id, stage.alice.person.id]
  expect((await refusals()).at(-1)).toEqual({ why: 'somebody_else', person_id: mallory, opened_by: alice })
  expect(stage.crm.liveGrantsOf('alice')).toBe(0)
})

test('forwarded-link: Alice opens Mallory’s link where she is not signed in, and signs in', async () => {
  const link = await stage.ask(stage.mallory, 'Forwarded again')
  const browser = openBrowser()
  for (const form of presses()) {
    const answer = await post(browser, link, form)
    expect(answer.headers.get('location')).toMatch(/^\/sign-in\?next=/)
  }
  const before = (await refusals()).length
  const page = await browser.open(link)
  expect(page.text()).not.toContain('Mallory')
  expect((await page.click('Sign in')).url).toContain('/sign-in?next=')
  expectRefusal(await signInAs(stage, browser, stage.alice, new URL(link).pathname))
  await expectNothingDone(browser, link)
  expect((await refusals()).length).toBeGreaterThan(before)
  expect(stage.crm.liveGrantsOf('alice')).toBe(0)
})

test('forwarded-link: Mallory opens Alice’s link before she does, and his account does not become hers', async () => {
  const link = await stage.ask(stage.alice, 'Opened before')
  await expectNothingDone(stage.mallory.browser, link)
  const [mallory, alice] = [stage.mallory.person.id, stage.alice.person.id]
  expect((await refusals()).at(-1)).toEqual({ why: 'somebody_else', person_id: alice, opened_by: mallory })
  await stage.expectAliceCanConnect(link, 'Opened before')
})

test('forwarded-link: Mallory opens Alice’s link where he is not signed in, and signs in', async () => {
  const link = await stage.ask(stage.alice, 'Opened signed out')
  const browser = openBrowser()
  await browser.open(link)
  expectRefusal(await signInAs(stage, browser, stage.mallory, new URL(link).pathname))
  await expectNothingDone(browser, link)
  await stage.expectAliceCanConnect(link, 'Opened signed out')
})

test('forwarded-link: Mallory opens the page that Alice’s link led her to', async () => {
  const link = await stage.ask(stage.alice, 'Spent by her')
  await pressConnect(stage.alice.browser, link)
  await expectNothingDone(stage.mallory.browser, link)
  await expectNothingDone(stage.mallory.browser, (await stage.alice.browser.open(link)).url)
  await stage.expectAliceCanConnect(link, 'Spent by her')
})

test('forwarded-link: another site cannot sign Alice’s browser in as Mallory, so that his link would be hers', async () => {
  await signInAs(stage, openBrowser(), stage.mallory)
  const form = new URLSearchParams({ email: 'mallory@acme.test', password: 'correct horse battery staple' })
  const headers = { origin: 'https://evil.example' }
  const answer = await openBrowser().fetch(new URL('/sign-in', stage.url), { method: 'POST', headers, body: form })
  expect(answer.status).toBe(403)
  expect(answer.headers.getSetCookie()).toEqual([])
})

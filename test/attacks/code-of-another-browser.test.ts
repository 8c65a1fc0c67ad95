import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { codeOn, notices, openUnsigned, say } from '../support/code-stage.ts'
import { type Stage, startStage } from '../support/stage.ts'
import { consentAt, post, pressConnect, signInAs } from '../support/trip.ts'
import { until } from '../support/until.ts'

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.stop())

test('code-of-another-browser: the code that is typed ties the browser that shows it, and no other', async () => {
  const link = await stage.ask(stage.alice, 'By code')
  const [hers, his] = [await openUnsigned(link), await openUnsigned(link)]
  expect(his.code).not.toBe(hers.code)
  expect(await say(stage.alice, `code ${hers.code.toLowerCase().split('').join(' ')}`)).toContain('goes on now')
  const page = await hers.browser.open(link)
  expect(page.text()).toContain('For Alice Ng')
  const other = await his.browser.open(link)
  expect(codeOn(other)).toBe(his.code)
  expect(other.text()).not.toContain('Alice')
  const before = await stage.attempts()
  const answer = await post(his.browser, link, { do: 'connect', connection: stage.parent })
  expect(answer.headers.get('location')).toMatch(/^\/sign-in/)
  expect(await stage.attempts()).toBe(before)
  const callback = await consentAt(hers.browser, await pressConnect(hers.browser, link), 'Alice Ng')
  const exchanges = stage.exchanges()
  expect((await his.browser.open(callback)).status).toBe(403)
  expect(stage.exchanges()).toBe(exchanges)
  expect(await stage.bound()).toEqual([])
  await stage.expectAliceCanConnect(link, 'By code')
})

test('code-of-another-browser: a browser that was tied by code connects, and the job goes on; it has no session', async () => {
  const link = await stage.ask(stage.alice, 'On her phone')
  const { browser, code } = await openUnsigned(link)
  await until(async () => (await notices(stage.alice)).some((text) => text.includes('not me')))
  await say(stage.alice, `code ${code}`)
  const callback = await consentAt(browser, await pressConnect(browser, link), 'Alice Ng')
  const page = await browser.open(callback)
  expect(page.text()).toContain('Salesforce is connected')
  await until(() => stage.crm.opportunities().find(({ name, owner }) => name === 'On her phone' && owner === 'alice'))
  expect((await browser.fetch(new URL('/api/session', stage.url))).status).toBe(401)
  expect((await browser.open(new URL('/my/connections', stage.url))).status).not.toBe(500)
  // Another visit of hers is not this browser's.
  const { body } = await stage.alice.api('POST', `/me/connections/${stage.parent}/connect`)
  expect((await browser.open(body.data.url)).url).toContain('/sign-in')
  await forget()
})

test('code-of-another-browser: Mallory’s own browser is not tied to Alice’s visit by what he types in his chat', async () => {
  const link = await stage.ask(stage.alice, 'His chat')
  const { browser, code } = await openUnsigned(link)
  expect(await say(stage.mallory, `code ${code}`)).toContain('No page of yours waits')
  expect(codeOn(await browser.open(link))).toBe(code)
  const his = await openUnsigned(await stage.ask(stage.mallory, 'His own'))
  expect(await say(stage.mallory, `code ${code}`)).toContain('not the code')
  expect(codeOn(await browser.open(link))).toBe(code)
  expect((await his.browser.open(link)).text()).not.toContain('Alice')
  await stage.expectAliceCanConnect(link, 'His chat')
})

test('code-of-another-browser: a tie does not outlast somebody else’s sign-in in that browser', async () => {
  const link = await stage.ask(stage.alice, 'Then he signed in')
  const { browser, code } = await openUnsigned(link)
  await say(stage.alice, `code ${code}`)
  const callback = await consentAt(browser, await pressConnect(browser, link), 'Alice Ng')
  await signInAs(stage, browser, stage.mallory)
  expect((await browser.open(callback)).status).toBe(403)
  expect((await browser.open(link)).text()).toContain('for somebody else')
  expect(await stage.bound()).toEqual([])
  await stage.expectAliceCanConnect(link, 'Then he signed in')
})

test('code-of-another-browser: a phone that opens the page again finds the same attempt', async () => {
  const link = await stage.ask(stage.alice, 'Reopened')
  const phone = openBrowser()
  const { code } = await openUnsigned(link, phone)
  for (let i = 0; i < 3; i++) expect((await openUnsigned(link, phone)).code).toBe(code)
  expect(await ties()).toBe(1)
  await say(stage.alice, `code ${code}`)
  await pressConnect(phone, link)
  const again = await phone.open(link)
  expect(again.url).toContain('/connect/v/vis_')
  expect(again.text()).toContain('Connect Salesforce')
  expect(codeless((await openBrowser().open(link)).url)).toBe(true)
  await stage.expectAliceCanConnect(link, 'Reopened')
})

const codeless = (url: string): boolean => url.includes('/sign-in')

async function ties(): Promise<number> {
  const rows = stage.database.db
    .selectFrom('connect_ties')
    .innerJoin('connect_visits', 'connect_visits.id', 'visit_id')
    .select('connect_ties.id')
    .where('connect_visits.status', '=', 'open')
    .where('person_id', '=', stage.alice.person.id)
    .where('connect_ties.tied_at', 'is', null)
  return (await rows.execute()).length
}

/** Alice's connection is gone again, so that she is asked in the next test. */
async function forget(): Promise<void> {
  const { body } = await stage.alice.api('GET', '/me/connections')
  const { connection } = body.data.find((each: { parent_id: string }) => each.parent_id === stage.parent)
  expect((await stage.alice.api('DELETE', `/connections/${connection.id}`)).status).toBe(204)
}

import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectAt, type TestPerson } from '../support/behalf.ts'
import { type Stage, startStage } from '../support/stage.ts'
import { consentAt, pressConnect, withParameter } from '../support/trip.ts'

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.stop())

/** A trip to the CRM and back, not yet delivered. */
async function answerFor(person: TestPerson, link: string, as: string): Promise<URL> {
  return consentAt(person.browser, await pressConnect(person.browser, link), as)
}

const parameter = (url: URL, name: string): string => url.searchParams.get(name) ?? ''

/** Opens the callback: refused and on record. Answers how many codes were sent to the CRM. */
async function expectRefused({ browser }: TestPerson, callback: URL, why: string): Promise<number> {
  const [exchanges, bound] = [stage.exchanges(), await stage.bound()]
  const page = await browser.open(callback)
  expect(page.status).toBeGreaterThanOrEqual(400)
  expect(page.text()).toContain('Nothing was connected')
  expect(await stage.bound()).toEqual(bound)
  expect((await stage.audit('connect.callback_refused')).at(-1)).toMatchObject({ why })
  return stage.exchanges() - exchanges
}

test('code-injection: Mallory’s code in Alice’s answer does not bind his account to her', async () => {
  const link = await stage.ask(stage.alice, 'His code')
  const his = await answerFor(stage.mallory, await stage.ask(stage.mallory, 'His'), 'Carol Diaz')
  const hers = await answerFor(stage.alice, link, 'Alice Ng')
  const injected = withParameter(hers, 'code', parameter(his, 'code'))
  // The CRM is asked, and says no: the code belongs to another PKCE challenge.
  expect(await expectRefused(stage.alice, injected, 'code_refused')).toBe(1)
  expect(await stage.bound()).toEqual([])
  await stage.expectAliceCanConnect(link, 'His code')
})

test('code-injection: Alice’s code, stolen on its way, is worth nothing in Mallory’s answer', async () => {
  const link = await stage.ask(stage.alice, 'Her code')
  const hers = await answerFor(stage.alice, link, 'Alice Ng')
  const his = await answerFor(stage.mallory, await stage.ask(stage.mallory, 'Stolen'), 'Carol Diaz')
  const injected = withParameter(his, 'code', parameter(hers, 'code'))
  expect(await expectRefused(stage.mallory, injected, 'code_refused')).toBe(1)
  expect(await stage.bound()).toEqual([])
  await stage.expectAliceCanConnect(link, 'Her code')
})

test.each([
  ['without state', (url: URL) => withParameter(url, 'state', null)],
  ['with an empty state', (url: URL) => withParameter(url, 'state', '')],
  ['with another state', (url: URL) => withParameter(url, 'state', 'A'.repeat(43))],
  ['with a state one bit off', (url: URL) => withParameter(url, 'state', turnBit(parameter(url, 'state')))],
])('code-injection: a code %s is refused, and not sent', async (how, change) => {
  const link = await stage.ask(stage.alice, how)
  const callback = await answerFor(stage.alice, link, 'Alice Ng')
  expect(await expectRefused(stage.alice, change(callback), 'unknown_state')).toBe(0)
  await stage.expectAliceCanConnect(link, how)
})

function turnBit(text: string): string {
  return (text.startsWith('A') ? 'B' : 'A') + text.slice(1)
}

test.each([
  ['a state without a code', (url: URL) => withParameter(url, 'code', null)],
  ['two codes', (url: URL) => add(url, 'code', 'another')],
  ['two states', (url: URL) => add(url, 'state', 'another')],
  ['an error beside the code', (url: URL) => add(url, 'error', 'server_error')],
])('code-injection: %s is refused, and nothing is sent', async (how, change) => {
  const link = await stage.ask(stage.alice, how)
  const callback = await answerFor(stage.alice, link, 'Alice Ng')
  const [exchanges, refused] = [stage.exchanges(), (await stage.audit('connect.callback_refused')).length]
  expect((await stage.alice.browser.open(change(callback))).status).toBeGreaterThanOrEqual(400)
  expect(stage.exchanges()).toBe(exchanges)
  expect(await stage.audit('connect.callback_refused')).toHaveLength(refused + 1)
  expect(await stage.bound()).toEqual([])
  await stage.expectAliceCanConnect(link, how)
})

function add(url: URL, name: string, value: string): URL {
  const changed = new URL(url)
  changed.searchParams.append(name, value)
  return changed
}

test('code-injection: an answer, and a code, that were used do nothing again', async () => {
  const link = await stage.ask(stage.alice, 'Used')
  const callback = await answerFor(stage.alice, link, 'Alice Ng')
  expect((await stage.alice.browser.open(callback)).text()).toContain('Salesforce is connected')
  expect(await stage.bound()).toHaveLength(1)
  expect(await expectRefused(stage.alice, callback, 'replayed')).toBe(0)
  expect(await expectRefused(stage.mallory, callback, 'another_browser')).toBe(0)

  const his = await answerFor(stage.mallory, await stage.ask(stage.mallory, 'Second hand'), 'Carol Diaz')
  const injected = withParameter(his, 'code', parameter(callback, 'code'))
  expect(await expectRefused(stage.mallory, injected, 'code_refused')).toBe(1)
  expect(await stage.bound()).toHaveLength(1)
  await connectAt(stage.mallory, await stage.ask(stage.mallory, 'His own'), 'Carol Diaz')
})

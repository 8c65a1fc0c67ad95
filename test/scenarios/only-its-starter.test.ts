import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ACCOUNT_COOKIE, type AuthorizationServer, startAuthorizationServer } from '../support/authorization-server.ts'
import { type Browser, openBrowser, type Page } from '../support/browser.ts'
import { openUnsigned, otherCode, say } from '../support/code-stage.ts'
import { makeProvider, PROVIDER } from '../support/sign-in-stage.ts'
import { type Stage, startStage } from '../support/stage.ts'
import { consentAt, pressConnect, signInAs } from '../support/trip.ts'

let stage: Stage
let provider: AuthorizationServer
beforeAll(async () => {
  provider = await startAuthorizationServer()
  stage = await startStage({ otherHosts: [new URL(provider.url).host] })
  await makeProvider(stage, provider, {})
})
afterAll(async () => {
  await stage.stop()
  await provider.stop()
})

/** Opens the link in a new browser, and signs in from there at the provider, as this account. */
async function signInAtProvider(link: string, account: string): Promise<{ browser: Browser; page: Page }> {
  const browser = openBrowser()
  browser.jar.set(provider.url, ACCOUNT_COOKIE, account)
  const signIn = await (await browser.open(link)).click('Sign in')
  return { browser, page: await signIn.click(`Sign in with ${PROVIDER.label}`) }
}

/** Nobody's account is bound to anybody by what was done, and Alice's link still leads her to her own. */
async function expectOnlyAlice(link: string, name: string): Promise<void> {
  expect(await stage.bound()).toEqual([])
  expect(stage.crm.liveGrantsOf('carol')).toBe(0)
  await stage.expectAliceCanConnect(link, name)
}

test('P10: with a session, a forwarded link binds nobody’s account to anybody else', async () => {
  const link = await stage.ask(stage.alice, 'With a session')
  const page = await stage.mallory.browser.open(link)
  expect([page.status, page.forms]).toEqual([403, []])
  const elsewhere = openBrowser()
  expect((await signInAs(stage, elsewhere, stage.mallory, new URL(link).pathname)).status).toBe(403)
  await expectOnlyAlice(link, 'With a session')
})

test('P10: who signs in at the provider as somebody else does not get in, the person themselves does', async () => {
  const link = await stage.ask(stage.alice, 'At the provider')
  const his = await signInAtProvider(link, 'mallory')
  expect(his.page.status).toBe(403)
  expect(his.page.text()).toContain('for somebody else')
  const hers = await signInAtProvider(link, 'alice')
  expect(hers.page.text()).toContain('For Alice Ng')
  const callback = await consentAt(hers.browser, await pressConnect(hers.browser, link), 'Alice Ng')
  expect((await his.browser.open(callback)).status).toBe(403)
  await expectOnlyAlice(link, 'At the provider')
})

test('P10: a code binds the browser of whoever began, and nobody by another’s chat, a guess, or a forwarded link', async () => {
  const link = await stage.ask(stage.alice, 'By code')
  const his = await openUnsigned(link)
  // What Mallory sees when he opens her link is worth nothing in his own chat, and is not hers to type.
  expect(await say(stage.mallory, `code ${his.code}`)).toContain('No page of yours waits')
  const { browser, code } = await openUnsigned(link)
  await say(stage.alice, `code ${code}`)
  const callback = await consentAt(browser, await pressConnect(browser, link), 'Alice Ng')
  for (const other of [his.browser, stage.mallory.browser, openBrowser()])
    expect((await other.open(callback)).status).toBe(403)
  await expectOnlyAlice(link, 'By code')

  // Mallory sends Alice his link, and guesses the code that her browser shows.
  const forwarded = await stage.ask(stage.mallory, 'Forwarded to her')
  const hers = await openUnsigned(forwarded)
  expect(await say(stage.mallory, `code ${otherCode(hers.code)}`)).toContain('was given up')
  expect(await say(stage.alice, `code ${hers.code}`)).toContain('do not use it')
  expect((await hers.browser.open(forwarded)).status).toBe(410)
  expect(await stage.bound()).toEqual([])
})

test('P10: a guessed, a replayed and an expired link bind nobody’s account', async () => {
  const link = await stage.ask(stage.alice, 'Replayed')
  const guess = new URL(`/connect/l/${randomBytes(32).toString('base64url')}`, stage.url)
  for (const browser of [stage.mallory.browser, openBrowser()]) expect((await browser.open(guess)).status).toBe(404)
  const late = await stage.ask(stage.alice, 'Expired')
  const waiting = await openUnsigned(late)

  const callback = await consentAt(stage.alice.browser, await pressConnect(stage.alice.browser, link), 'Alice Ng')
  for (const browser of [stage.mallory.browser, openBrowser()]) {
    const page = await browser.open(link)
    expect([page.forms.length, page.text().includes('Alice')]).toEqual([
      browser === stage.mallory.browser ? 0 : 1,
      false,
    ])
  }
  await expectOnlyAlice(link, 'Replayed')
  expect((await stage.alice.browser.open(callback)).status).toBe(403)

  stage.advance(25 * 60 * 60 * 1000)
  expect(await say(stage.alice, `code ${waiting.code}`)).toContain('No page of yours waits')
  expect((await waiting.browser.open(late)).status).toBe(410)
  expect((await stage.alice.browser.open(late)).status).toBe(410)
  expect(await stage.bound()).toEqual([])
})

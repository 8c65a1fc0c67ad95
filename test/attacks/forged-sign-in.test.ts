import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Browser, openBrowser } from '../support/browser.ts'
import { type Forgery, type ForgingProvider, startForgingProvider } from '../support/forging-provider.ts'
import { type SignInStage, startSignInStage } from '../support/sign-in-stage.ts'
import { withParameter } from '../support/trip.ts'

let stage: SignInStage
let forger: ForgingProvider
let forgerId: string
beforeAll(async () => {
  forger = await startForgingProvider()
  stage = await startSignInStage([forger.server.host])
  forgerId = await stage.addProvider(forger, { label: 'Forger' })
})
afterAll(async () => {
  await stage.stop()
  await forger.server[Symbol.asyncDispose]()
})

/** The answer is refused in this browser, and on record. */
async function expectRefused(browser: Browser, answer: URL, why: string): Promise<void> {
  const page = await browser.open(answer)
  expect(page.status).toBe(403)
  expect(page.text()).toContain('Sign in')
  expect(await stage.whoIs(browser)).toBe(null)
  expect((await stage.audit('person.sign_in_failed')).at(-1)).toMatchObject({ reason: why })
}

test('forged-sign-in: an answer that began in another browser signs nobody in there, and is used up', async () => {
  const [hers, his] = [openBrowser(), openBrowser()]
  const answer = await stage.answerFor('mallory', his)
  await expectRefused(hers, answer, 'another_browser')
  await expectRefused(his, answer, 'replayed')
  // Not even in a browser that has begun one of its own.
  const another = await stage.answerFor('mallory', his)
  await stage.answerFor('alice', hers)
  await expectRefused(hers, another, 'another_browser')
})

test('forged-sign-in: Mallory’s code in Alice’s answer signs nobody in', async () => {
  const [hers, his] = [openBrowser(), openBrowser()]
  const answer = await stage.answerFor('alice', hers)
  const code = (await stage.answerFor('mallory', his)).searchParams.get('code')
  await expectRefused(hers, withParameter(answer, 'code', code), 'code_refused')
})

test.each([
  ['without state', (url: URL) => withParameter(url, 'state', null), 'unknown_state'],
  ['with another state', (url: URL) => withParameter(url, 'state', 'A'.repeat(43)), 'unknown_state'],
  ['without a code', (url: URL) => withParameter(url, 'code', null), 'answer_refused'],
  ['of another issuer', (url: URL) => withParameter(url, 'iss', 'https://evil.example'), 'answer_refused'],
  ['with an error', (url: URL) => withParameter(url, 'error', 'access_denied'), 'denied'],
])('forged-sign-in: an answer %s is refused', async (_how, change, why) => {
  const browser = openBrowser()
  await expectRefused(browser, change(await stage.answerFor('alice', browser)), why)
})

test('forged-sign-in: an answer that was used, or comes too late, or to another provider’s address, is refused', async () => {
  const browser = openBrowser()
  const used = await stage.answerFor('alice', browser)
  expect((await browser.open(used)).status).toBe(200)
  expect(await stage.whoIs(browser)).toBe('Alice Ng')
  await expectRefused(openBrowser(), used, 'replayed')

  const elsewhere = openBrowser()
  const answer = await stage.answerFor('alice', elsewhere)
  answer.pathname = `/sign-in/callback/${forgerId}`
  await expectRefused(elsewhere, answer, 'another_provider')

  const late = openBrowser()
  const tooLate = await stage.answerFor('alice', late)
  stage.advance(16 * 60 * 1000)
  await expectRefused(late, tooLate, 'lapsed')
})

const FORGERIES: [string, Forgery][] = [
  ['of another trip', { claims: { nonce: 'of-another-trip' } }],
  ['without a nonce', { claims: { nonce: undefined } }],
  ['for another client', { claims: { aud: 'another' } }],
  ['of another issuer', { claims: { iss: 'https://accounts.google.com' } }],
  ['that has expired', { claims: { exp: 1_700_000_000, iat: 1_699_999_000 } }],
  ['signed by another key', { signed: 'by another key' }],
  ['signed by nobody', { header: { alg: 'none' }, signed: 'not at all' }],
  ['signed with the client’s secret', { header: { alg: 'HS256' }, signed: 'with the client secret' }],
]

test.each(FORGERIES)('forged-sign-in: an ID token %s signs nobody in', async (_how, forgery) => {
  forger.forge(forgery)
  const browser = openBrowser()
  const page = await stage.signIn('alice', { browser, label: 'Forger' })
  expect(page.status).toBe(403)
  expect(await stage.whoIs(browser)).toBe(null)
  expect((await stage.audit('person.sign_in_failed')).at(-1)).toMatchObject({ reason: 'answer_refused' })
})

test('forged-sign-in: the honest token of the same provider signs in', async () => {
  forger.forge({})
  const browser = openBrowser()
  await stage.signIn('alice', { browser, label: 'Forger' })
  expect(await stage.whoIs(browser)).toBe('Alice Ng')
})

test('forged-sign-in: a provider whose own document names another issuer is not used, and its administrator is told why', async () => {
  forger.forge({ issuer: 'https://accounts.google.com' })
  const browser = openBrowser()
  const page = await stage.signIn('alice', { browser, label: 'Forger' })
  expect(page.status).toBe(502)
  expect(page.text()).toContain('its issuer is another one')
  const tried = await stage.owner.api('POST', `/sign-in-providers/${forgerId}/test`)
  expect(tried).toMatchObject({ status: 502, body: { error: { code: 'sign_in_provider_unusable' } } })
})

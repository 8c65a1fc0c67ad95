import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { type SignInStage, startSignInStage } from '../support/sign-in-stage.ts'

let stage: SignInStage
beforeAll(async () => {
  stage = await startSignInStage()
})
afterAll(() => stage.stop())
beforeEach(() => change({ emails_are_vouched_for: false, may_create_persons: true, email_domains: ['acme.test'] }))

async function change(settings: object): Promise<void> {
  const { status } = await stage.owner.api('PATCH', `/sign-in-providers/${stage.providerId}`, settings)
  expect(status).toBe(200)
}

const people = async (): Promise<number> => (await stage.owner.api('GET', '/people')).body.data.length
const identities = async () =>
  (await stage.database.db.selectFrom('identities').select('subject').where('subject', 'like', 'oidc:%').execute())
    .length

/** Nobody is signed in, linked or made, and it is on record. */
async function expectNobody(account: string, why: string): Promise<void> {
  const [before, linked] = [await people(), await identities()]
  const browser = openBrowser()
  const page = await stage.signIn(account, { browser })
  expect(page.status).toBe(403)
  expect(page.text()).toMatch(/administrator|password/)
  expect(await stage.whoIs(browser)).toBe(null)
  expect([await people(), await identities()]).toEqual([before, linked])
  expect((await stage.audit('person.sign_in_failed')).at(-1)).toMatchObject({ reason: why, sub: account })
}

test.each([
  ['not verified', { email: 'alice@acme.test', email_verified: false }, 'email_not_verified'],
  ['of which nothing is said', { email: 'alice@acme.test' }, 'email_not_verified'],
  ['verified by another word', { email: 'alice@acme.test', email_verified: 'yes' }, 'email_not_verified'],
  ['that is missing', {}, 'email_missing'],
  ['that is none', { email: 'alice@acme.test, mallory@evil.test', email_verified: true }, 'email_missing'],
  ['of another domain', { email: 'alice@evil.test', email_verified: true }, 'email_of_another_domain'],
  ['of a domain below', { email: 'alice@sub.acme.test', email_verified: true }, 'email_of_another_domain'],
  ['of a domain that ends alike', { email: 'alice@notacme.test', email_verified: true }, 'email_of_another_domain'],
  ['with two domains', { email: 'alice@acme.test@evil.test', email_verified: true }, 'email_missing'],
])('email-collision: an e-mail address %s makes nobody Alice', async (what, claims, why) => {
  const account = `mallory-${what.replaceAll(' ', '-')}`
  stage.server.setClaims(account, claims)
  await expectNobody(account, why)
})

test('email-collision: another domain of a person here is not the provider’s to speak for', async () => {
  await change({ email_domains: ['evil.test'] })
  stage.server.setClaims('mallory-there', { email: 'alice@acme.test', email_verified: true })
  await expectNobody('mallory-there', 'email_of_another_domain')
})

test('email-collision: where addresses are vouched for, one that is said to be unverified is still nobody’s', async () => {
  await change({ emails_are_vouched_for: true })
  stage.server.setClaims('mallory-vouched', { email: 'alice@acme.test', email_verified: false })
  await expectNobody('mallory-vouched', 'email_not_verified')
})

test('email-collision: a second account with Alice’s address at her provider is not linked to her', async () => {
  const browser = openBrowser()
  await stage.signIn('alice', { browser })
  expect(await stage.whoIs(browser)).toBe('Alice Ng')
  stage.server.setClaims('successor', { email: 'ALICE@acme.test', email_verified: true })
  await expectNobody('successor', 'another_account_linked')
})

test('email-collision: an administrator’s provider makes nobody an owner, until an owner saves it', async () => {
  const admin = await stage.addPerson('Adam Admin', 'admin')
  await admin.api('PATCH', `/sign-in-providers/${stage.providerId}`, { label: 'Acme ID' })
  await expectNobody('olivia', 'owner_not_linked')
  await change({ label: 'Acme ID' })
  const browser = openBrowser()
  await stage.signIn('olivia', { browser })
  expect(await stage.whoIs(browser)).toBe('Olivia Owner')
})

test('email-collision: whoever was deactivated does not come back through the provider, nor is made anew', async () => {
  const { person } = await stage.addPerson('Dora Dent')
  await stage.owner.api('POST', `/people/${person.id}/deactivate`)
  await expectNobody('dora', 'deactivated')
  await stage.owner.api('POST', `/people/${person.id}/reactivate`)
  await stage.signIn('dora')
  await stage.owner.api('POST', `/people/${person.id}/deactivate`)
  await expectNobody('dora', 'deactivated')
})

test('email-collision: an unknown person is made only where the provider may, and of two at once one is', async () => {
  await change({ may_create_persons: false })
  await expectNobody('nina', 'person_unknown')
  await change({ may_create_persons: true })
  const before = await people()
  const browsers = [openBrowser(), openBrowser(), openBrowser()]
  const answers: URL[] = []
  for (const browser of browsers) answers.push(await stage.answerFor('nina', browser))
  await Promise.all(browsers.map((browser, i) => browser.open(answers[i] ?? '')))
  expect(await people()).toBe(before + 1)
  for (const browser of browsers) expect(await stage.whoIs(browser)).toBe('nina')
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { type SignInStage, startSignInStage } from '../support/sign-in-stage.ts'

let stage: SignInStage
beforeAll(async () => {
  stage = await startSignInStage()
})
afterAll(() => stage.stop())

test('a person signs in at the provider and is the member with their verified e-mail address', async () => {
  const browser = openBrowser()
  const page = await stage.signIn('alice', { browser, next: '/my/connections' })
  expect(new URL(page.url).pathname).toBe('/my/connections')
  expect(await stage.whoIs(browser)).toBe('Alice Ng')
  expect(await stage.audit('person.identity_linked')).toMatchObject([{ provider: stage.providerId, how: 'linked' }])
  expect((await stage.alice.chat()).at(-1)?.text ?? '').toContain('')
})

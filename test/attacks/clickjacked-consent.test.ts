import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Browser, openBrowser } from '../support/browser.ts'
import { type Stage, startStage } from '../support/stage.ts'
import { consentAt, post, pressConnect } from '../support/trip.ts'

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.stop())

/** What a page says to a browser about being shown within another. */
function framing(answer: Response): { ancestors: string | undefined; old: string | null } {
  const policies = (answer.headers.get('content-security-policy') ?? '').split(';').map((each) => each.trim())
  return {
    ancestors: policies.find((each) => each.startsWith('frame-ancestors')),
    old: answer.headers.get('x-frame-options'),
  }
}

async function expectUnframeable(browser: Browser, path: string | URL, status: number | null, init?: RequestInit) {
  const answer = await browser.fetch(new URL(path, stage.url), init)
  if (status !== null) expect(answer.status, String(path)).toBe(status)
  expect(framing(answer), String(path)).toEqual({ ancestors: "frame-ancestors 'none'", old: 'DENY' })
  return answer
}

test('clickjacked-consent: no page on the way to a consent can be framed', async () => {
  const { alice, mallory } = stage
  const [link, visit] = [await stage.ask(alice, 'Framed'), await stage.ask(alice, 'Visited')]
  const callback = await consentAt(alice.browser, await pressConnect(alice.browser, visit), 'Alice Ng')
  await expectUnframeable(alice.browser, link, 200)
  // A browser that nobody is signed in with is shown a code to type.
  await expectUnframeable(openBrowser(), link, 200)
  await expectUnframeable(mallory.browser, link, 403)
  await expectUnframeable(alice.browser, '/connect/l/nowhere', 404)
  await expectUnframeable(alice.browser, (await alice.browser.open(visit)).url, 200)
  await expectUnframeable(openBrowser(), '/connect/v/vis_nowhere', 303)
  await expectUnframeable(alice.browser, '/connect/v/vis_nowhere', 404)
  await expectUnframeable(mallory.browser, callback, 403)
  await expectUnframeable(alice.browser, `/connect/callback/${stage.parent}?state=nobodys`, 403)

  await alice.browser.open(await consentAt(alice.browser, await pressConnect(alice.browser, link), 'Alice Ng'))
  const done = await expectUnframeable(alice.browser, (await alice.browser.open(link)).url, 200)
  expect(await done.text()).toContain('Salesforce is connected')
  const other = await stage.ask(mallory, 'Declined')
  await post(mallory.browser, other, { do: 'decline' })
  await expectUnframeable(mallory.browser, (await mallory.browser.open(other)).url, 200)
})

test('clickjacked-consent: nor can the pages one signs in on, nor the console', async () => {
  const refused = { email: 'alice@acme.test', password: 'wrong' }
  await expectUnframeable(openBrowser(), '/sign-in', 200)
  await expectUnframeable(openBrowser(), '/sign-in?next=/connect/l/x', 200)
  await expectUnframeable(openBrowser(), '/sign-in', 401, {
    method: 'POST',
    headers: { origin: stage.url.origin },
    body: new URLSearchParams(refused),
  })
  await expectUnframeable(openBrowser(), '/welcome', 303)
  // Whether the console is built is none of this test's business.
  for (const path of ['/', '/my/connections', '/recipes', '/chat', '/no/such/page'])
    await expectUnframeable(stage.alice.browser, path, null)
  await expectUnframeable(stage.alice.browser, '/api/nothing', 404)
})

test('clickjacked-consent: a consent page may lead to nowhere but ourselves and the application it asks for', async () => {
  const page = await stage.mallory.browser.open(await stage.ask(stage.mallory, 'Led away'))
  const policy = page.headers.get('content-security-policy') ?? ''
  expect(policy.split('; ')).toContain(`form-action 'self' ${stage.crm.url}`)
  expect(policy.split('; ')).toContain("default-src 'none'")
  expect(page.html).not.toMatch(/<script|javascript:|\son\w+=/i)
})

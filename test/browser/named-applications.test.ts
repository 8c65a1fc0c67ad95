import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { launchChromium } from '../support/browsing.ts'
import { type Emulated, startEmulated } from '../support/emulated.ts'
import { addEmulated, commandOf } from '../support/emulated-stage.ts'
import { givePassword, PASSWORD } from '../support/trip.ts'

const APPLICATIONS = [
  ['google', 'Google', 'alice@acme.test'],
  ['microsoft', 'Microsoft', 'alice@acme.test'],
  ['github', 'GitHub', 'alice'],
  ['slack', 'Slack', 'alice'],
] as const

const emulated = new Map<string, Emulated>()
let behalf: TestBehalf
let alice: TestPerson
let browser: Browser
let page: Page

beforeAll(async () => {
  for (const [name] of APPLICATIONS) emulated.set(name, await startEmulated(name))
  behalf = await startTestBehalf({ otherHosts: [...emulated.values()].map(({ host }) => host) })
  for (const [name] of APPLICATIONS) await addEmulated(behalf, name, emulated.get(name) as Emulated)
  alice = await behalf.addPerson('Alice Ng')
  await givePassword(behalf, alice.person)
  browser = await launchChromium()
  page = await browser.newPage({ viewport: { width: 1280, height: 840 } })
  page.setDefaultTimeout(15_000)
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await behalf?.stop()
  for (const each of emulated.values()) await each.stop()
}, 60_000)

test('a person signs in to Behalf', async () => {
  await page.goto(new URL('/chat', behalf.url).href)
  await page.waitForURL(/\/sign-in\?next=/)
  await page.getByLabel('E-mail').fill('alice@acme.test')
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.waitForURL(/\/chat$/)
})

test.each(APPLICATIONS)(
  'connects %s on its own pages, and sees what was made there as them',
  async (name, label, account) => {
    await page.goto(new URL('/chat', behalf.url).href)
    const line = page.getByRole('textbox').first()
    await line.fill(`${commandOf(name)} title: Renewal by ${name}`)
    await line.press('Enter')

    await page
      .getByRole('link', { name: `Connect ${label}` })
      .last()
      .click()
    await page.waitForURL(/\/connect\//)
    await page.getByRole('button', { name: `Connect ${label}` }).click()
    await page.waitForURL(({ origin }) => origin === emulated.get(name)?.url)
    await page.getByRole('button', { name: account }).first().click()
    await page.waitForURL(({ origin }) => origin === behalf.url.origin)
    await page.getByText(`${label} is connected`).first().waitFor()

    await page.getByRole('link', { name: 'Go back' }).click()
    await page.getByText(`Made Renewal by ${name} at ${label}.`).first().waitFor()
    expect(await emulated.get(name)?.records()).toEqual([{ title: `Renewal by ${name}`, owner: 'alice' }])
  },
)

test('sees all of them among their connections', async () => {
  await page.goto(new URL('/my/connections', behalf.url).href)
  for (const [, label] of APPLICATIONS) await page.getByText(label).first().waitFor()
})

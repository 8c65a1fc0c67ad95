import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createOpportunity, startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { launchChromium } from '../support/browsing.ts'
import { type KeyApplication, startKeyApplication } from '../support/key-application.ts'
import { keySettings, writeNote } from '../support/key-stage.ts'
import { pageAs } from '../support/page-as.ts'
import { picture, type Watched } from '../support/pictures.ts'
import { addParent, countPrompts } from '../support/things-stage.ts'

let behalf: TestBehalf
let application: KeyApplication
let browser: Browser
let alice: TestPerson
let hers: Watched

beforeAll(async () => {
  application = await startKeyApplication()
  behalf = await startTestBehalf({ consentPerRecipe: true, otherHosts: [application.host] })
  const crm = await behalf.addCrmParent()
  await behalf.addRecipe(createOpportunity(crm, true))
  await behalf.addRecipe(createOpportunity(crm, true, 'weekly report'))
  const notes = await addParent(behalf, {
    name: 'Acme Notes',
    connector: 'generic-http',
    settings: { ...keySettings(application.url), authentication: 'bearer' },
    personal_form: true,
  })
  await behalf.addRecipe(writeNote(notes))
  alice = await behalf.addPerson('Alice Ng')
  browser = await launchChromium()
  hers = await pageAs(browser, behalf, alice)
  await hers.page.setViewportSize({ width: 390, height: 844 })
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await behalf?.stop()
  await application?.[Symbol.asyncDispose]()
}, 60_000)

const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).first().click()

/** Says a command, and opens the link that comes. */
async function openPrompt(command: string): Promise<Page> {
  const asked = await countPrompts(alice)
  await alice.say(command)
  await hers.page.goto(await alice.prompt(asked))
  return hers.page
}

test('a key is typed in on a telephone: a wrong one is refused and forgotten, a good one connects', async () => {
  const page = await openPrompt('note text: Hello')
  await page.getByLabel(/token/i).fill('not the key')
  await press(page, 'Connect Acme Notes')
  await page.getByRole('status').waitFor()
  expect(await page.getByLabel(/token/i).inputValue()).toBe('')
  await picture(hers, 'connect-form')
  await page.getByLabel(/token/i).fill(application.keys.get('alice') ?? '')
  await press(page, 'Connect Acme Notes')
  await page.getByRole('heading', { name: 'Acme Notes is connected' }).waitFor()
})

test('another e-mail address at the application is shown before it counts, and the next recipe asks with one click', async () => {
  const page = await openPrompt('create opportunity name: One')
  await press(page, 'Connect Salesforce')
  await press(page, 'Continue as Carol Diaz')
  await press(page, 'Allow')
  await page.getByRole('heading', { name: 'Is this account yours?' }).waitFor()
  await picture(hers, 'connect-another-account')
  await press(page, 'Yes, this account is mine')
  await page.getByRole('heading', { name: 'Salesforce is connected' }).waitFor()

  await openPrompt('weekly report name: Two')
  await page.getByRole('heading', { name: 'May it use your account?' }).waitFor()
  await picture(hers, 'connect-consent')
  await press(page, /^Let weekly report use your Salesforce/)
  await page.getByText('has already gone on by itself').waitFor()
})

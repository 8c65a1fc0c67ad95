import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createOpportunity, startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { openBrowser } from '../support/browser.ts'
import { button, launchChromium, text } from '../support/browsing.ts'
import { codeOn, otherCode } from '../support/code-stage.ts'
import { pageAs } from '../support/page-as.ts'
import { picture, type Watched } from '../support/pictures.ts'

let behalf: TestBehalf
let browser: Browser
let owner: Watched
let mallory: TestPerson

beforeAll(async () => {
  behalf = await startTestBehalf({ consentPerRecipe: true })
  const parent = await behalf.addCrmParent()
  await behalf.addRecipe(createOpportunity(parent, true))
  mallory = await behalf.addPerson('Mallory Moe')
  browser = await launchChromium()
  owner = await pageAs(browser, behalf, behalf.owner)
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await behalf?.stop()
}, 60_000)

test('an administrator adds a sign-in provider, and is shown what to register there', async () => {
  const { page } = owner
  await page.goto('/settings')
  await button(page, 'Add a provider').click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('Acme ID')
  await dialog.getByLabel('Issuer').fill('http://nobody.acme.test')
  await dialog.getByLabel('Client id').fill('behalf')
  await button(dialog, 'Add').click()
  await dialog.getByRole('alert').waitFor()
  await dialog.getByLabel('Issuer').fill('https://id.acme.test')
  owner.complaints.length = 0
  await button(dialog, 'Add').click()
  await text(page, 'Register this redirect URI there:').waitFor()
  expect(await page.getByLabel('Redirect URI to register at Acme ID').textContent()).toContain('/sign-in/callback/')
})

test('an administrator makes a product, copies its secret once, and makes a key that acts as its people', async () => {
  const { page } = owner
  await page.goto('/api-keys')
  await button(page, 'New product').click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('Acme Portal')
  await dialog.getByLabel('Origins').fill('https://app.acme.test')
  await page.keyboard.press('Enter')
  await button(dialog, 'Create').click()
  await text(page, /^bhs_/).waitFor()
  await button(page, 'I have copied it').click()
  await button(page, 'New API key').click()
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Server of the portal')
  await dialog.getByLabel('Product', { exact: true }).first().click()
  await page.getByRole('option', { name: 'Acme Portal' }).click()
  await button(dialog, 'Create key').click()
  await button(page, 'I have copied it').click()
  await page.getByRole('row', { name: /Server of the portal.*Acme Portal/ }).waitFor()
})

test('an administrator connects a service person, delegates its account, and ends that where the connection is', async () => {
  const { page } = owner
  await page.goto('/people')
  await button(page, 'Add a person').click()
  await page.getByText('A service person').click()
  await page.getByRole('dialog').getByLabel('Name').fill('Night shift')
  await button(page.getByRole('dialog'), 'Add').click()
  await button(page, 'Night shift').click()
  await page.getByRole('dialog').getByLabel('Connection').first().click()
  await page.getByRole('option', { name: /Salesforce/ }).click()
  await button(page.getByRole('dialog'), 'Connect').click()
  await button(page, 'Connect Salesforce').click()
  await button(page, 'Continue as Carol Diaz').click()
  await button(page, 'Allow').click()
  await text(page, 'Salesforce is connected').waitFor()

  await page.goto('/people')
  await button(page, 'Night shift').click()
  await button(page, 'Delegate an account to a recipe').click()
  const dialog = page.getByRole('dialog', { name: 'Delegate an account' })
  await dialog.getByLabel('Recipe').click()
  await page.getByRole('option', { name: 'create opportunity' }).click()
  await button(dialog, 'Delegate').click()
  await dialog.waitFor({ state: 'detached' })
  await page.keyboard.press('Escape')
  await page.goto('/connections')
  await page.getByRole('link', { name: 'Salesforce' }).first().click()
  await page.getByRole('link', { name: '1 connected' }).waitFor()
  await button(page.getByRole('region', { name: 'create opportunity' }), 'End').click()
  await button(page.getByRole('dialog'), 'End it').click()
  await text(page, 'The delegation is ended.').waitFor()
  await page.getByRole('region', { name: 'create opportunity' }).waitFor({ state: 'detached' })
})

test('an administrator sees why somebody is asked no more, and lets them be asked again', async () => {
  for (const [asked, name] of ['One', 'Two', 'Three'].entries()) {
    await mallory.say(`create opportunity name: ${name}`)
    const code = codeOn(await openBrowser().open(await mallory.prompt(asked)))
    await mallory.say(`code ${otherCode(code)}`)
  }
  const { page } = owner
  await page.goto('/people')
  await text(page, 'Asking paused').waitFor()
  await button(page, 'Mallory Moe').click()
  await picture(owner, 'person-asking-paused')
  await button(page, 'Let them be asked again').click()
  await text(page, 'Mallory Moe is asked again.').waitFor()
  await text(page, 'Asking is paused').waitFor({ state: 'detached' })
})

import { readFile } from 'node:fs/promises'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestBehalf, type TestBehalf } from '../support/behalf.ts'
import { button, launchChromium, text } from '../support/browsing.ts'
import { makeCourier } from '../support/courier.ts'
import { installCourier, speaksAs } from '../support/courier-stage.ts'
import { pageAs } from '../support/page-as.ts'
import { pictureInEveryLook, type Watched, watch } from '../support/pictures.ts'

let behalf: TestBehalf
let browser: Browser
let owner: Watched

beforeAll(async () => {
  behalf = await startTestBehalf({ surfaces: [makeCourier({ issuer: 'https://id.courier.example' }).surface] })
  browser = await launchChromium()
  owner = await pageAs(browser, behalf, behalf.owner)
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await behalf?.stop()
}, 60_000)

test('an administrator finds what can be set up, and follows the steps: copies, downloads, pastes, checks', async () => {
  const { page } = owner
  await page.goto('/surfaces')
  const card = page.getByRole('region', { name: 'Courier' })
  await text(card, 'Not set up').waitFor()
  await pictureInEveryLook(owner, 'surfaces-none')
  await card.getByRole('link', { name: 'Set up Courier' }).click()
  await text(page, 'Make an app at Courier').waitFor()
  await pictureInEveryLook(owner, 'surface-to-set-up')
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'App manifest' }).click(),
  ])
  expect(download.suggestedFilename()).toBe('manifest.json')
  expect(JSON.parse(await readFile(await download.path(), 'utf8'))).toEqual({ app: null, url: behalf.url.href })

  await page.getByLabel('Client ID').fill('app-1')
  await page.getByLabel('Region').fill('nowhere')
  await page.getByRole('textbox', { name: 'Client secret' }).fill('a-secret')
  await page.getByRole('textbox', { name: 'Signing secret' }).fill('another-secret')
  await button(page, 'Save').click()
  await text(page, 'The region is two letters.').waitFor()
  // The server's refusal is no fault of the page.
  owner.complaints.length = 0
  await pictureInEveryLook(owner, 'surface-refused')
  await page.getByLabel('Region').fill('eu')
  await button(page, 'Save').click()
  await text(page, 'Not installed yet').waitFor()
  await text(page, 'Redirect URI for signing in').or(page.getByLabel('Redirect URI for signing in')).first().waitFor()
  expect(await page.getByRole('textbox', { name: 'Signing secret' }).inputValue()).toBe('')
  await button(page, 'Check').click()
  await text(page, 'Courier knows app-1.').waitFor()
  await pictureInEveryLook(owner, 'surface-checked')
})

test('a secret that is not typed stays; the form works by keyboard alone', async () => {
  const { page } = owner
  await page.goto('/surfaces/courier')
  await page.getByLabel('Region').fill('us')
  await page.keyboard.press('Enter')
  await text(page, 'Saved.').waitFor()
  const { fields } = (await behalf.owner.api('GET', '/surfaces/courier')).body.data
  expect(fields).toContainEqual(expect.objectContaining({ name: 'client_secret', kept: true }))
  expect(fields).toContainEqual(expect.objectContaining({ name: 'region', value: 'us' }))
})

test('an administrator decides who may use it where it is installed, and takes it out', async () => {
  await installCourier(behalf, { tenant: 'T1', label: 'Acme' })
  await installCourier(behalf, { tenant: 'T2', label: 'Acme Labs' })
  const { page } = owner
  await page.goto('/surfaces')
  await text(page, 'In Acme, Acme Labs').waitFor()
  await page.goto('/surfaces/courier?problem=declined')
  await text(page, 'It was not allowed at the vendor.').waitFor()
  await page.goto('/surfaces/courier?installed=Nowhere')
  await text(page, 'Who may use it').waitFor()
  expect(await page.getByText('Installed in Nowhere').count()).toBe(0)
  await page.goto('/surfaces/courier?installed=Acme')
  await text(page, 'Installed in Acme').waitFor()
  await button(page, 'Who may use it in Acme').click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('E-mail domains').fill('acme.example')
  await page.keyboard.press('Enter')
  await dialog.getByRole('switch', { name: 'Guests may use it' }).click()
  await pictureInEveryLook(owner, 'surface-who-may')
  await button(dialog, 'Save').click()
  const acme = page.getByRole('region', { name: 'Acme', exact: true })
  await text(acme, 'Matched by their verified addresses at acme.test, acme.example.').waitFor()
  await text(acme, 'Guests may use it; people of other organisations may not.').waitFor()
  await button(page.getByRole('region', { name: 'Acme Labs' }), 'Remove').click()
  await button(page.getByRole('dialog'), 'Remove').click()
  await text(page.getByRole('region', { name: 'Acme Labs' }), 'Removed').waitFor()
  await pictureInEveryLook(owner, 'surface-installed')
})

test('a chat account is unlinked from one person, and another is said to be Alice’s', async () => {
  const installed = await installCourier(behalf, { tenant: 'T1', label: 'Acme' })
  const alice = await behalf.addPerson('Alice Ng')
  const made = await speaksAs(behalf, installed, { user: 'U02ALICE', name: 'alice' })
  const { page } = owner
  await page.goto('/people')
  await text(page, 'Known from a chat').waitFor()
  await page.getByRole('button', { name: 'alice', exact: true }).click()
  const drawer = page.getByRole('dialog')
  await text(drawer, 'Courier: U02ALICE').waitFor()
  await pictureInEveryLook(owner, 'person-known-by')
  await button(drawer, 'Is somebody else’s').click()
  const dialog = page.getByRole('dialog', { name: 'Whose account is it?' })
  await dialog.getByPlaceholder('Choose who it is').fill('Alice Ng')
  await page.getByRole('option', { name: /Alice Ng \(alice@acme.test\)/ }).click()
  await pictureInEveryLook(owner, 'person-link')
  await button(dialog, 'Link').click()
  await text(page, 'The Courier account is linked.').waitFor()
  expect((await speaksAs(behalf, installed, { user: 'U02ALICE' })).id).toBe(alice.person.id)
  expect((await behalf.owner.api('GET', `/people/${made.id}/identities`)).body.data).toEqual([])

  await page.goto('/people')
  await button(page, 'Alice Ng').click()
  await button(page.getByRole('dialog'), 'Unlink').click()
  const question = page.getByRole('dialog', { name: 'Unlink Courier from Alice Ng?' })
  await pictureInEveryLook(owner, 'person-unlink')
  await button(question, 'Unlink').click()
  await text(page, 'No account in a chat or at a sign-in provider.').waitFor()
})

test('the sign-in page offers the chat that people may sign in with', async () => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 840 }, baseURL: behalf.url.href })
  const somebody = watch(await context.newPage())
  await somebody.page.goto('/sign-in')
  await somebody.page.getByRole('link', { name: 'Sign in with Courier' }).waitFor()
  await pictureInEveryLook(somebody, 'sign-in-with-a-chat')
})

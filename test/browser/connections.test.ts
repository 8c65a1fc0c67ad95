import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { button, launchChromium, text } from '../support/browsing.ts'
import { type DemoProcess, startDemo } from '../support/demo-process.ts'
import { picture, type Watched, watch } from '../support/pictures.ts'

let folder: string
let demo: DemoProcess
let browser: Browser
let dana: Watched
let alice: Watched

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'behalf-demo-'))
  demo = await startDemo(folder)
  browser = await launchChromium()
  dana = await be('Dana')
  alice = await be('Alice')
}, 120_000)

afterAll(async () => {
  await browser?.close()
  await demo?.stop()
  await rm(folder, { recursive: true, force: true })
}, 60_000)

async function be(name: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<Watched> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 840 }, ...options })
  const watched = watch(await context.newPage())
  await watched.page.goto(demo.doorstep)
  await button(watched.page, new RegExp(`Be ${name}`)).click()
  await watched.page.waitForURL(/\/chat$/)
  return watched
}

/** Makes a redirect URI known at the CRM, as its administrator would; answers the client's secret. */
async function registerAtCrm(redirect_uri: string): Promise<string> {
  const { crmAdminToken, clientSecret } = JSON.parse(await readFile(join(folder, 'town.json'), 'utf8'))
  const answer = await fetch(`${demo.crm}/admin/clients/behalf/redirect_uris`, {
    method: 'POST',
    headers: { authorization: `Bearer ${crmAdminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ redirect_uri }),
  })
  expect(answer.ok).toBe(true)
  return clientSecret
}

async function allowAs(page: Page, name: string): Promise<void> {
  const person = button(page, `Continue as ${name}`)
  await person.or(button(page, 'Allow')).first().waitFor()
  if (await person.isVisible()) await person.click()
  await button(page, 'Allow').click()
}

test('a builder makes a connection with the wizard, connects it, and tests it', async () => {
  const { page } = dana
  await page.goto(`${demo.behalf}/connections/new`)
  await page.getByRole('radio', { name: 'Salesforce' }).waitFor()
  await picture(dana, 'new-connection')
  await page.getByRole('radio', { name: 'Salesforce' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Salesforce of the partner')
  await page
    .getByRole('combobox', { name: 'Environment' })
    .or(page.getByRole('textbox', { name: 'Environment' }))
    .first()
    .click()
  await page.getByRole('option', { name: 'custom' }).click()
  await page.getByLabel('Custom domain').fill(demo.crm)
  await button(page, 'Next').click()
  await text(page, 'Choose where it belongs.').waitFor()
  await page
    .getByRole('combobox', { name: 'Project' })
    .or(page.getByRole('textbox', { name: 'Project' }))
    .first()
    .click()
  await page.getByRole('option', { name: 'Customers' }).click()
  await picture(dana, 'new-connection-settings')
  await button(page, 'Next').click()
  const redirectUri = (await page.getByLabel('Redirect URI').textContent()) ?? ''
  await picture(dana, 'new-connection-register')
  await page.getByLabel('Client id').fill('behalf')
  await page.getByLabel('Client secret').fill(await registerAtCrm(redirectUri.trim()))
  await button(page, 'Create and connect').click()
  await allowAs(page, 'Carol Diaz')
  await page.waitForURL(/\/connections\/con_/)
  await button(page, 'Test').click()
  await text(page, /The application answers/).waitFor()
  await picture(dana, 'connection-tested')
})

test('a person withdraws what a recipe may do, and ends a browser they left somewhere', async () => {
  const { page } = alice
  await page.getByRole('textbox').first().fill('create opportunity name: Wizard amount: 1')
  await page.keyboard.press('Enter')
  await page
    .getByRole('link', { name: /Connect Salesforce/ })
    .or(button(page, /Connect Salesforce/))
    .first()
    .click()
  await page.waitForURL(/\/connect\//)
  await button(page, /Connect Salesforce/).click()
  await allowAs(page, 'Alice Ng')
  await page.getByRole('link', { name: 'Go back' }).click()
  await text(page, 'Its owner is Alice Ng').waitFor()

  await page.goto(`${demo.behalf}/my/connections`)
  await button(page, 'History').click()
  await page
    .getByRole('dialog')
    .getByText(/step create/)
    .first()
    .waitFor()
  await picture(alice, 'my-connection-history')
  await page.keyboard.press('Escape')
  await button(page, 'Withdraw').waitFor()
  await picture(alice, 'my-connections')
  await button(page, 'Withdraw').click()
  await page.getByRole('dialog').getByRole('button', { name: 'Withdraw' }).click()
  await text(page, /None yet\. The first time/).waitFor()

  const left = await be('Alice')
  await page.goto(`${demo.behalf}/my/account`)
  await button(page, 'End').waitFor()
  await picture(alice, 'my-account')
  await button(page, 'End').click()
  await page.getByRole('dialog').getByRole('button', { name: 'End it' }).click()
  await text(page, /is signed out/).waitFor()
  await left.page.goto(`${demo.behalf}/my/connections`)
  await left.page.waitForURL(/\/sign-in/)
  await left.page.context().close()
})

test('an administrator finds a connection by filters, reads its history, asks again, and takes the list away', async () => {
  const { page } = dana
  await page.goto(`${demo.behalf}/tools/runtime-user-connections`)
  await text(page, /^1 connection$/).waitFor()
  await picture(dana, 'runtime-user-connections')
  await page.getByRole('textbox', { name: 'Search' }).fill('bob')
  await text(page, 'None fits').waitFor()
  await page.getByRole('textbox', { name: 'Search' }).fill('ali ng')
  await text(page, /^1 connection$/).waitFor()
  await button(page, /More filters/).click()
  await page.getByLabel('Made on or after').fill('2020-01-01')
  await page.waitForURL(/created_after=2020-01-01/)
  await text(page, /^1 connection$/).waitFor()
  await picture(dana, 'runtime-user-connections-filtered')

  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Export CSV' }).click()
  const file = await (await download).path()
  expect(await readFile(file, 'utf8')).toContain('alice@acme.test')

  await page
    .getByRole('cell', { name: /alice@acme.test/ })
    .first()
    .getByRole('button')
    .click()
  const drawer = page.getByRole('dialog')
  await drawer.getByRole('tab', { name: 'History' }).click()
  await drawer.getByText('Connected').filter({ visible: true }).first().waitFor()
  await picture(dana, 'runtime-user-connection')
  await page.keyboard.press('Escape')

  await button(page, 'Revoke many').click()
  await page
    .getByRole('dialog')
    .getByRole('combobox', { name: 'Person' })
    .or(page.getByRole('dialog').getByRole('textbox', { name: 'Person' }))
    .first()
    .click()
  await page.getByRole('option', { name: /Alice Ng/ }).click()
  await page
    .getByRole('dialog')
    .getByText(/1 connection of 1 person/)
    .waitFor()
  await picture(dana, 'revoke-many')
  await page.getByRole('dialog').getByRole('button', { name: 'Disconnect all' }).click()
  await page
    .getByRole('dialog')
    .getByText(/1 of 1 are cut off/)
    .waitFor()
  await button(page, 'Close').click()

  await page
    .getByRole('cell', { name: /alice@acme.test/ })
    .first()
    .getByRole('button')
    .click()
  await drawer.getByRole('button', { name: 'Ask again' }).click()
  await text(page, /is asked again, privately/).waitFor()
})

test('an administrator changes what holds for everybody', async () => {
  const { page } = dana
  await page.goto(`${demo.behalf}/settings`)
  await page.getByLabel('Refuse accounts with another e-mail address').waitFor()
  await picture(dana, 'settings')
  await page.getByLabel('Refuse accounts with another e-mail address').click()
  await button(page, 'Save').click()
  await text(page, 'Saved.').waitFor()
  for (const [path, name] of [
    ['/groups', 'groups'],
    ['/people', 'people'],
    ['/api-keys', 'api-keys'],
  ] as const) {
    await page.goto(demo.behalf + path)
    await page.locator('h1').waitFor()
    await picture(dana, name)
  }
})

test('all of it is as good in the dark and on a telephone', async () => {
  const dark = await be('Dana', { colorScheme: 'dark', viewport: { width: 390, height: 844 } })
  for (const path of ['/tools/runtime-user-connections', '/connections/new', '/settings', '/my/account', '/people']) {
    await dark.page.goto(demo.behalf + path)
    await dark.page.locator('h1').waitFor()
    await picture(dark, `dark${path.replaceAll('/', '-')}`)
  }
})

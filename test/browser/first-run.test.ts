import { randomBytes } from 'node:crypto'
import type { Page } from 'playwright-core'
import { afterAll, expect, test } from 'vitest'
import { readConfiguration } from '../../src/server/configuration.ts'
import { makeLog } from '../../src/server/log.ts'
import { startBehalf } from '../../src/server/start.ts'
import { launchChromium } from '../support/browsing.ts'
import { testDatabase } from '../support/database.ts'
import { picture, watch } from '../support/pictures.ts'

const database = await testDatabase()
const behalf = await startBehalf(
  readConfiguration({
    PORT: '0',
    DATABASE_URL: database.connectionString,
    BEHALF_SEALING_KEY: randomBytes(32).toString('base64'),
  }),
  { log: makeLog('silent') },
)
const browser = await launchChromium()

afterAll(async () => {
  await browser.close()
  await behalf.stop()
  await database.drop()
})

async function fillIn(page: Page): Promise<void> {
  await page.getByLabel('Your organisation').fill('Acme')
  await page.getByLabel('Your name').fill('Olivia Owner')
  await page.getByLabel('E-mail').fill('olivia@acme.test')
}

test('makes the owner of a new server, signs out, and signs in again', async () => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 840 } })
  const watched = watch(page)
  await page.goto(new URL('/sign-in', behalf.url).href)
  await page.waitForURL(/\/welcome$/)
  await page.getByLabel('Setup code').fill('guessed')
  await fillIn(page)
  await page.getByLabel('Password').fill('a long sentence of hers')
  await page.getByRole('button', { name: 'Create the owner' }).click()
  await page.getByText('The setup code is wrong').waitFor()

  await page.goto(behalf.ownerLink?.href ?? '')
  await fillIn(page)
  await page.getByLabel('Password').fill('password12')
  await page.getByRole('button', { name: 'Create the owner' }).click()
  await page.getByRole('alert').waitFor()
  watched.complaints.length = 0
  await page.getByLabel('Password').fill('a long sentence of hers')
  await picture(watched, 'welcome')
  await page.getByRole('button', { name: 'Create the owner' }).click()
  await page.waitForURL(/\/recipes$/)
  await page.getByText('Olivia Owner').first().waitFor()
  await picture(watched, 'recipes-empty')

  await page.context().clearCookies()
  await page.goto(new URL('/my/connections', behalf.url).href)
  await page.waitForURL(/\/sign-in\?next=/)
  watched.complaints.length = 0
  await picture(watched, 'sign-in')
  await page.getByLabel('E-mail').fill('olivia@acme.test')
  await page.getByLabel('Password').fill('a long sentence of hers')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(/\/my\/connections$/)
  expect(new URL(page.url()).origin).toBe(behalf.url.origin)
})

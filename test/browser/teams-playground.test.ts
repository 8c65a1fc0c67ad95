import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cookieOf } from '../../src/commands/identify.ts'
import { startSession } from '../../src/people/sessions.ts'
import { createOpportunity, startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { launchChromium } from '../support/browsing.ts'
import { picture, type Watched } from '../support/pictures.ts'
import { type Playground, preparePlayground } from '../support/teams/playground.ts'
import { TENANT, users } from '../support/teams/users.ts'

let folder: string
let behalf: TestBehalf
let playground: Playground
let browser: Browser
let page: Page
let watched: Watched
let alice: TestPerson

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'behalf-playground-'))
  const me = users().alice
  if (!me) throw new Error('Alice is missing')
  playground = await preparePlayground(folder, me)
  behalf = await startTestBehalf({ otherHosts: [playground.host] })
  alice = await behalf.addPerson('Alice Ng')
  const settings = { mode: 'playground', app_id: 'playground', tenant_id: TENANT, stand_in: playground.url }
  const saved = await behalf.owner.api('PUT', '/surfaces/teams', { settings })
  expect(saved.status).toBe(200)
  const parent = await behalf.addCrmParent()
  await behalf.connectParent(parent, 'Carol Diaz')
  await behalf.addRecipe(createOpportunity(parent, true))
  const [{ id }] = (await behalf.database.db.selectFrom('surface_apps').select('id').execute()) as [{ id: string }]
  await playground.start(new URL(`/surfaces/teams/${id}/messages`, behalf.url))
  browser = await launchChromium()
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  const { token } = await startSession(behalf.database.db, {
    personId: alice.person.id,
    userAgent: 'test',
    now: new Date(),
  })
  await context.addCookies([{ url: behalf.url.href, name: cookieOf(behalf.ctx).name, value: token }])
  page = await context.newPage()
  // The page is not ours, and asks for fonts that are not here.
  watched = { page, complaints: [] }
  await page.goto(playground.url)
}, 120_000)

afterAll(async () => {
  await browser?.close()
  await playground?.stop()
  await behalf?.stop()
  await rm(folder, { recursive: true, force: true })
}, 60_000)

const ASKED = 'works with your own Salesforce account'

async function say(text: string): Promise<void> {
  await page.getByRole('textbox').first().click()
  await page.keyboard.type(text)
  await page.getByRole('button', { name: 'Send Message' }).click()
}

/** The newest card with this text, once there is one, or none any more. */
async function card(text: string, state: 'visible' | 'detached' = 'visible'): Promise<Locator> {
  const found = page.locator('.ac-adaptiveCard').filter({ hasText: text }).last()
  await found.waitFor({ state })
  return found
}

/** Follows the link of the prompt, where Alice is signed in to Behalf, and consents at the CRM. */
async function connect(): Promise<void> {
  const prompt = await card(ASKED)
  const opening = page.context().waitForEvent('page')
  await prompt.getByText('Connect Salesforce', { exact: true }).click()
  const tab = await opening
  await tab.getByRole('button', { name: 'Connect Salesforce' }).click()
  const [asAlice, allow] = ['Continue as Alice Ng', 'Allow'].map((name) => tab.getByRole('button', { name }))
  await asAlice
    ?.or(allow as Locator)
    .first()
    .waitFor()
  if (await asAlice?.isVisible()) await asAlice?.click()
  await allow?.click()
  const [mine, done] = [
    tab.getByRole('button', { name: 'Yes, this account is mine' }),
    tab.getByText('Salesforce is connected'),
  ]
  await mine.or(done).first().waitFor()
  if (await mine.isVisible()) await mine.click()
  await done.first().waitFor()
  await tab.close()
}

async function pick(label: string): Promise<void> {
  const list = await card('Here is a list of your connections')
  await list.getByRole('combobox').click()
  await page.getByRole('option').first().click()
  await list.getByRole('button', { name: label }).click()
}

test('P4: in the playground Alice fills in what is missing, is prompted, connects, and sees her job go on', async () => {
  await card('You can run these')
  await say('create opportunity')
  const form = await card('name')
  await picture(watched, 'teams-form')
  await form.locator('input').first().fill('Playground')
  await form.getByRole('button', { name: 'Run' }).click()
  await card(ASKED)
  await picture(watched, 'teams-asked')
  await connect()
  await card('Created Playground.')
  await picture(watched, 'teams-done')
  expect(behalf.crm.opportunities().find(({ name }) => name === 'Playground')?.owner).toBe('alice')
})

test('P7: what is disconnected in the list, or deleted, is asked for again', async () => {
  await say('personal_connections')
  await card('[Connected]')
  await picture(watched, 'teams-connections')
  await pick('Disconnect')
  await card('[Disconnected]')
  await say('create opportunity name: Again')
  await connect()
  await card('Created Again.')
  await say('connections')
  await card('[Connected]')
  await pick('Delete')
  await card('[Connected]', 'detached')
  await say('create opportunity name: After deleting')
  await card(ASKED)
  expect(behalf.crm.opportunities().map(({ name }) => name)).not.toContain('After deleting')
  await connect()
  await card('Created After deleting.')
})

test('P3: in a channel she names the bot, and is answered there', async () => {
  await page.getByText('Pipeline').first().click()
  await page.getByRole('button', { name: 'Post' }).waitFor()
  await page.getByRole('textbox').first().click()
  await page.keyboard.type('@')
  await page.getByText('Person Number0').waitFor()
  await page.getByText('Behalf', { exact: true }).last().click()
  await page.getByRole('textbox').first().focus()
  await page.keyboard.press('End')
  await page.keyboard.type(' create opportunity name: From the channel')
  await page.getByRole('button', { name: 'Post' }).click()
  await card('Created From the channel.')
  await picture(watched, 'teams-channel')
})

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../support/browsing.ts'
import { type DemoProcess, startDemo } from '../support/demo-process.ts'
import { picture, type Watched, watch } from '../support/pictures.ts'

let folder: string
let demo: DemoProcess
let browser: Browser
let context: BrowserContext
let watched: Watched
let page: Page

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'behalf-demo-'))
  demo = await startDemo(folder)
  browser = await launchChromium()
  context = await browser.newContext({ viewport: { width: 1280, height: 840 } })
  watched = watch(await context.newPage())
  page = watched.page
  await page.goto(demo.slack)
}, 120_000)

afterAll(async () => {
  await browser?.close()
  await demo?.stop()
  await rm(folder, { recursive: true, force: true })
}, 60_000)

const button = (name: string | RegExp, on = page): Locator => on.getByRole('button', { name }).last()
const says = (text: string): Locator => page.getByRole('article').filter({ hasText: text }).last()
const enter = (place: string) => page.getByRole('link', { name: place, exact: true }).click()

async function say(line: string): Promise<void> {
  await page.getByLabel('Message', { exact: true }).fill(line)
  await page.keyboard.press('Enter')
}

/** Follows the prompt's link in a tab of its own, and goes through with it. */
async function connect(name: string): Promise<void> {
  const [tab] = await Promise.all([context.waitForEvent('page'), button('Connect Salesforce').click()])
  await tab.getByRole('link', { name: 'Sign in' }).or(button('Sign in', tab)).first().click()
  await tab.getByRole('link', { name: 'Sign in with Slack' }).or(button('Sign in with Slack', tab)).first().click()
  await button('Connect Salesforce', tab).click()
  await button(`Continue as ${name}`, tab).click()
  await button('Allow', tab).click()
  await tab.getByText('has already gone on by itself').waitFor()
  await tab.close()
}

test('P4: in the emulated Slack of the demo Alice types, is prompted, connects, and the prompt becomes the result', async () => {
  await page.getByRole('heading', { name: 'Who would you like to be?' }).waitFor()
  await button('Be Alice').click()
  await say('create opportunity name: Acme renewal amount: 5000')
  await says('works with your own Salesforce account').waitFor()
  await picture(watched, 'slack-prompt')
  await connect('Alice Ng')
  await says('Its owner is Alice Ng').waitFor()
  expect(await says('works with your own Salesforce account').count()).toBe(0)
  await picture(watched, 'slack-result')
})

test('in a channel what is missing is asked for by a form, which says what is wrong with it', async () => {
  await enter('# sales')
  await say('@Behalf create opportunity')
  await button('Fill in').click()
  await page.getByLabel('Amount').fill('7')
  await button('Run').click()
  await page.getByRole('alert').filter({ hasText: 'required' }).waitFor()
  await page.getByLabel('Name of the opportunity').fill('From a form')
  await button('Run').click()
  await says('Created “From a form”').waitFor()
  expect(await says('asks for Name of the opportunity').textContent()).toContain('Only visible to you')
})

test('who disconnects in the list sees it there, and at home, and is asked again', async () => {
  await say('/behalf connections')
  await button('Disconnect').click()
  await page.getByRole('dialog').getByRole('button', { name: 'Disconnect' }).click()
  await says('Here is a list of your connections').getByText('[Disconnected]').nth(1).waitFor()
  await picture(watched, 'slack-connections')
  await enter('Behalf’s home')
  await page.getByRole('heading', { name: 'What you can run' }).waitFor()
  expect(await button('Disconnect').count()).toBe(0)
  await picture(watched, 'slack-home')
  await enter('# support')
  await say('/behalf create opportunity name: Again amount: 1')
  await says('works with your own Salesforce account').waitFor()
})

test('Bob, in the same browser, sees nothing of it, and is asked for himself', async () => {
  await button('Be Bob').click()
  await enter('# support')
  await page.getByText('Nothing was said here yet.').waitFor()
  await say('@Behalf create opportunity name: His own amount: 2')
  await says('works with your own Salesforce account').waitFor()
  await connect('Bob Ortiz')
  await says('Its owner is Bob Ortiz').waitFor()
  expect(watched.complaints).toEqual([])
})

test.each([
  ['slack', 'Slack'],
  ['teams', 'Microsoft Teams'],
])('whoever sets up %s finds every step and address on its page', async (name, label) => {
  const set = watch(await (await browser.newContext({ viewport: { width: 1280, height: 1100 } })).newPage())
  await set.page.goto(demo.doorstep)
  await set.page.getByRole('button', { name: /Dana/ }).click()
  await set.page.waitForURL(`${demo.behalf}/**`)
  await set.page.goto(`${demo.behalf}/surfaces/${name}`)
  await set.page.getByRole('heading', { name: label, exact: true }).waitFor()
  await set.page.getByRole('heading', { name: 'What to do' }).waitFor()
  await picture(set, `${name}-set-up`)
})

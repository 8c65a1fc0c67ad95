import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JobId } from '../../src/core/ids.ts'
import { button, launchChromium, text } from '../support/browsing.ts'
import { type DelegationStage, type Naming, startDelegationStage } from '../support/delegation-stage.ts'
import { pageAs } from '../support/page-as.ts'
import { pictureInEveryLook, type Watched } from '../support/pictures.ts'
import { jobEnded } from '../support/run.ts'

let stage: DelegationStage
let browser: Browser
let alice: Watched
let builder: Watched
let wanted: Naming
let unwanted: Naming
let waiting: JobId

beforeAll(async () => {
  stage = await startDelegationStage()
  wanted = await stage.naming('Sync leads')
  unwanted = await stage.naming('Tidy up')
  waiting = (await wanted.call('From the website')).body.data.job_id
  browser = await launchChromium()
  alice = await pageAs(browser, stage, stage.alice)
  builder = await pageAs(browser, stage, stage.builder)
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await stage?.stop()
}, 60_000)

test('a builder sees whom a recipe waits for', async () => {
  const { page } = builder
  await page.goto(`/recipes/${wanted.id}`)
  await text(page, 'People’s connections it uses').waitFor()
  await text(page, 'Its jobs wait for the answer.').waitFor()
  await pictureInEveryLook(builder, 'recipe-asks-to-delegate')
  await page.goto(`/jobs/${waiting}`)
  await text(page, 'Alice Ng was asked to delegate their connection').waitFor()
  await pictureInEveryLook(builder, 'job-waits-for-delegation')
})

test('a person is told what they are asked, and allows it until a day they choose: the job goes on', async () => {
  const { page } = alice
  await page.goto('/chat')
  await page.getByLabel('2 to answer').first().waitFor()
  await page.getByRole('link', { name: 'Answer' }).filter({ visible: true }).first().click()
  await text(page, 'You are asked').waitFor()
  await pictureInEveryLook(alice, 'my-connections-asked-to-delegate')
  const card = page.getByRole('region', { name: 'Sync leads' })
  await card.getByText('asked by Bea Builder').waitFor()
  await button(card, 'Allow…').click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('it may create records as you').waitFor()
  await pictureInEveryLook(alice, 'allow-a-delegation')
  await button(dialog, 'Allow').click()
  await text(page, 'Allowed. What waited for it goes on.').waitFor()
  expect((await jobEnded(stage.alice, waiting)).status).toBe('succeeded')
})

test('a person declines, and the builder sees it and is not let ask again the same day', async () => {
  const { page } = alice
  await page.goto('/my/connections')
  const card = page.getByRole('region', { name: 'Tidy up' })
  await button(card, 'Decline').click()
  await button(page.getByRole('dialog'), 'Decline').click()
  await card.waitFor({ state: 'detached' })
  await builder.page.goto(`/recipes/${unwanted.id}`)
  await text(builder.page, 'Its jobs are refused. Declined').waitFor()
  await button(builder.page, 'Ask again').click()
  await button(builder.page.getByRole('dialog'), 'Ask').click()
  await text(builder.page, 'They were asked within the last 24 hours.').waitFor()
  builder.complaints.length = 0
  await pictureInEveryLook(builder, 'asked-within-a-day')
})

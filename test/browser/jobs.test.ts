import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConnectionId, RecipeId } from '../../src/core/ids.ts'
import { connectAt, startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { button, launchChromium, text } from '../support/browsing.ts'
import { pageAs } from '../support/page-as.ts'
import { picture, type Watched } from '../support/pictures.ts'
import { crmConnection } from '../support/recipes.ts'
import { jobEnded, jobIn, startJob } from '../support/run.ts'

let behalf: TestBehalf
let browser: Browser
let alice: TestPerson
let hers: Watched
let parent: ConnectionId
let recipe: RecipeId

const create = (name: string) => ({
  kind: 'action',
  name: 'create',
  connection: 'crm',
  action: 'create_record',
  input: { type: 'Opportunity', fields: { Name: name, StageName: 'Prospecting', CloseDate: '2027-01-31' } },
})

/** What its reply offers to run next. */
const NEXT = {
  buttons: [{ label: 'Thank them', command: 'wave to', input: { name: 'all' }, confirm: 'Thank all?' }],
  menus: [{ label: 'Wave to', command: 'wave to', parameter: 'name', choices: ['Acme', 'Globex'] }],
}

/** Asks, calls a function, and goes through some items. */
const document = (call: RecipeId) => ({
  name: 'Renew contracts',
  trigger: { kind: 'command', command: 'renew contracts', parameters: [] },
  connections: crmConnection(parent, true),
  steps: [
    {
      kind: 'ask',
      name: 'which',
      text: 'Which contracts shall be renewed?',
      choices: [
        { label: 'All of this year', value: 'all' },
        { label: 'None', value: 'none' },
      ],
    },
    { kind: 'call', name: 'notify', recipe_id: call },
    {
      kind: 'for_each',
      name: 'lines',
      items: ['Acme', 'Globex', 'Initech', 'Umbrella', 'Hooli', 'Vehement', 'Massive'],
      steps: [create('Renewal of {{ loops.lines.item }}')],
    },
    {
      kind: 'ask',
      name: 'how',
      text: 'What shall the customers be told?',
      form: [
        { name: 'words', label: 'Words', type: 'text' },
        { name: 'days', label: 'In how many days', type: 'number', required: false },
      ],
    },
    { kind: 'reply', name: 'answer', text: 'Renewed {{ steps.lines.count }}: {{ steps.how.values.words }}', ...NEXT },
  ],
})

beforeAll(async () => {
  behalf = await startTestBehalf()
  alice = await behalf.addPerson('Alice Ng')
  parent = await behalf.addCrmParent()
  await behalf.connectParent(parent)
  await behalf.addRecipe({
    name: 'Wave',
    trigger: { kind: 'command', command: 'wave to', parameters: [{ name: 'name', type: 'text' }] },
    steps: [{ kind: 'reply', name: 'say', text: 'Waved to {{ trigger.name }}' }],
  })
  const inner = await behalf.addRecipe({
    name: 'Notify',
    trigger: { kind: 'function', input: { type: 'object' }, output: { type: 'object' } },
    steps: [{ kind: 'reply', name: 'post', text: '', output: {} }],
  })
  recipe = await behalf.addRecipe(document(inner))
  const mine = await alice.api('POST', `/me/connections/${parent}/connect`)
  await connectAt(alice, mine.body.data.url, 'Alice Ng')
  browser = await launchChromium()
  hers = await pageAs(browser, behalf, alice)
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await behalf?.stop()
}, 60_000)

test('a job’s page follows it by itself: its questions are answered there, its steps stand within their loops and functions', async () => {
  const { page } = hers
  const id = await startJob(alice, recipe, {})
  await jobIn(alice, id, 'waiting_for_answer')
  await page.goto(`/jobs/${id}`)
  await text(page, 'Which contracts shall be renewed?').waitFor()
  await picture(hers, 'job-question')
  await button(page, 'All of this year').click()
  await page.getByLabel('Words').fill('It goes on.')
  await button(page, 'Answer').click()
  await button(page, 'Run again').waitFor()
  expect(await page.getByRole('region', { name: 'Item 1' }).count()).toBe(1)
  expect(await page.getByRole('region', { name: 'Item 5' }).count()).toBe(0)
  await button(page, 'Show all 7').click()
  await page.getByRole('region', { name: 'Item 5' }).waitFor()
  await button(page, 'Show fewer').click()
  await page.reload()
  await button(page, 'Run again').waitFor()
  await picture(hers, 'job-steps')
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.setViewportSize({ width: 390, height: 844 })
  await picture(hers, 'job-phone')
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 1280, height: 840 })
})

test('its person shares it and ends that; another, who sees it meanwhile, asks them to run it again, and they do', async () => {
  const { page } = hers
  const [job] = (await alice.api('GET', '/me/jobs')).body.data
  const owners = await pageAs(browser, behalf, behalf.owner)
  await owners.page.goto(`/jobs/${job.id}`)
  await text(owners.page, '[private to Alice Ng]').waitFor()
  await button(page, 'Share for 24 hours').click()
  await button(page.getByRole('dialog'), 'Share for 24 hours').click()
  await text(page, 'You share the data of this job').waitFor()
  await owners.page.reload()
  await text(owners.page, 'Alice Ng shares the data of this job').waitFor()
  await button(owners.page, 'Ask Alice Ng to run it again').click()
  await text(owners.page, 'Alice Ng was asked to run it again.').waitFor()
  await button(page, 'End it now').click()
  await button(page, 'Share for 24 hours').waitFor()
  await button(page, 'Run again').click()
  await text(page, 'Which contracts shall be renewed?').waitFor()
  expect(page.url()).not.toContain(job.id)
  await button(page, 'Cancel the job').click()
  await text(page, 'Cancelled').waitFor()
  await owners.page.context().close()
})

test('what a job asks is answered by a click in the chat', async () => {
  const { page } = hers
  await page.goto('/chat')
  await page.getByLabel('Message').fill('renew contracts')
  await page.keyboard.press('Enter')
  await button(page, 'All of this year').click()
  await page.getByLabel('Words').fill('By chat')
  await picture(hers, 'chat-question')
  await button(page, 'Answer').click()
  await text(page, 'Renewed 7: By chat').waitFor()
  const [job] = (await alice.api('GET', '/me/jobs')).body.data
  expect((await jobEnded(alice, job.id)).status).toBe('succeeded')
})

test('a reply’s buttons and menus run another command from the chat', async () => {
  const { page } = hers
  await page.getByRole('combobox', { name: 'Wave to' }).click()
  await picture(hers, 'chat-menu')
  await page.getByRole('option', { name: 'Globex' }).click()
  await text(page, 'Waved to Globex').waitFor()
  await button(page, 'Thank them').click()
  await text(page, 'Thank all?').waitFor()
  await button(page.getByRole('dialog'), 'Thank them').click()
  await text(page, 'Waved to all').waitFor()
})

import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConnectionId } from '../../src/core/ids.ts'
import { readConfiguration } from '../../src/server/configuration.ts'
import { keysCommand } from '../../src/server/keys-command.ts'
import { createOpportunity, startTestBehalf, type TestBehalf } from '../support/behalf.ts'
import { button, launchChromium, text } from '../support/browsing.ts'
import { pageAs } from '../support/page-as.ts'
import { picture, pictureInEveryLook, type Watched } from '../support/pictures.ts'
import { startJob } from '../support/run.ts'
import { until } from '../support/until.ts'

let behalf: TestBehalf
let browser: Browser
let owner: Watched
let parent: ConnectionId

beforeAll(async () => {
  behalf = await startTestBehalf()
  parent = await behalf.addCrmParent()
  await behalf.connectParent(parent)
  browser = await launchChromium()
  owner = await pageAs(browser, behalf, behalf.owner)
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await behalf?.stop()
}, 60_000)

const recipeOf = async (id: string) => (await behalf.owner.api('GET', `/recipes/${id}`)).body.data

const schema = {
  type: 'object',
  required: ['account', 'stage', 'contact'],
  additionalProperties: false,
  properties: {
    account: { type: 'string', pattern: '^ACC-[0-9]+$', description: 'The number of the account, as ACC-17.' },
    stage: { $ref: '#/$defs/stage' },
    seats: { type: 'integer', minimum: 1, default: 5, description: 'How many people will use it.' },
    renewal: { type: 'boolean', title: 'Is a renewal' },
    contact: {
      type: 'object',
      description: 'Whom to talk to.',
      required: ['email'],
      properties: { email: { type: 'string', minLength: 5 }, name: { type: 'string' } },
    },
  },
  $defs: { stage: { enum: ['prospecting', 'won', 'lost'], description: 'Where it stands.' } },
}

test('a builder runs a skill as themselves: its schema is a form, and what is wrong is said at its field', async () => {
  const id = await behalf.addRecipe({
    name: 'Report a deal',
    trigger: {
      kind: 'skill',
      description: 'Reports a deal to the sales desk. Use it when somebody says that a deal moved.',
      input: schema,
    },
    steps: [{ kind: 'reply', name: 'answer', text: 'Reported {{ trigger.account }}.', output: {} }],
  })
  const { page } = owner
  await page.goto(`/recipes/${id}?tab=run`)
  await page.getByLabel('Account').fill('17')
  await page
    .getByRole('combobox', { name: 'Stage' })
    .or(page.getByRole('textbox', { name: 'Stage' }))
    .first()
    .click()
  await page.getByRole('option', { name: 'Won' }).click()
  await page.getByLabel('Contact').fill('{ "email": ')
  await text(page, /Not JSON yet/).waitFor()
  await page.getByLabel('Contact').fill('{ "email": "x" }')
  await page.getByLabel('Contact').press('Tab')
  await page.keyboard.press('Enter')
  await text(page, /The input does not fit/).waitFor()
  const said = (name: string) =>
    page.getByLabel(name).evaluate((field) => {
      const ids = field.getAttribute('aria-describedby')?.split(' ') ?? []
      return ids.map((id) => field.ownerDocument.getElementById(id)?.textContent).join(' ')
    })
  expect(await said('Account')).toMatch(/must match pattern/)
  expect(await said('Contact')).toMatch(/email must NOT have fewer than 5/)
  owner.complaints.length = 0
  await pictureInEveryLook(owner, 'run-skill')
  await page.getByLabel('Account').fill('ACC-17')
  await page.getByLabel('Contact').fill('{ "email": "ann@acme.test" }')
  await button(page, 'Run as Olivia Owner').click()
  await text(page, 'The job has ended.').waitFor()
  await page.getByRole('link', { name: 'Open the job' }).click()
  await text(page, /Reported ACC-17/).waitFor()
})

test('a form is filled in as its people will fill it in', async () => {
  const id = await behalf.addRecipe({
    name: 'Ask for leave',
    trigger: {
      kind: 'form',
      title: 'Leave of absence',
      description: 'Your manager answers within two days.',
      parameters: [
        { name: 'days', type: 'number', hint: 'Working days.' },
        { name: 'kind_of_leave', type: 'choice', choices: ['Holiday', 'Parental'] },
        { name: 'note', type: 'text', required: false },
        { name: 'half_days', type: 'boolean' },
      ],
    },
    steps: [{ kind: 'reply', name: 'answer', text: '{{ trigger.days }} days of {{ trigger.kind_of_leave }}' }],
  })
  const { page } = owner
  await page.goto(`/recipes/${id}?tab=run`)
  await text(page, 'Your manager answers within two days.').waitFor()
  await page.getByRole('textbox', { name: 'Days', exact: true }).fill('3')
  await page.getByLabel('Kind of leave').first().click()
  await page.getByRole('option', { name: 'Parental' }).click()
  await pictureInEveryLook(owner, 'run-form')
  await button(page, 'Run as Olivia Owner').click()
  await text(page, 'The job has ended.').waitFor()
  await page.getByRole('link', { name: 'Open the job' }).click()
  await text(page, /3 days of Parental/).waitFor()
})

test('a builder sees in what versions differ, copies an earlier one, and restores it', async () => {
  const first = createOpportunity(parent, true, 'make a deal') as Record<string, unknown> & { steps: object[] }
  const id = await behalf.addRecipe(first)
  const [create, answer] = first.steps as [Record<string, unknown>, object]
  const deal = {
    type: 'Opportunity',
    fields: { Name: '{{ trigger.name }}', StageName: 'Closed Won', CloseDate: '2027-01-31' },
  }
  const steps = [
    { kind: 'reply', name: 'hello', text: 'One moment.' },
    { ...create, input: deal },
    { ...answer, text: 'Done: {{ trigger.name }}.' },
  ]
  const change = {
    document: { ...first, steps, settings: { at_once: 2 } },
    expected_version: 1,
    comment: 'Deals are won at once',
  }
  expect((await behalf.owner.api('PUT', `/recipes/${id}`, change)).status).toBe(200)
  const { page } = owner
  await page.goto(`/recipes/${id}?tab=versions`)
  const differences = page.getByRole('region', { name: 'What changed' })
  const stage = differences.getByRole('listitem').filter({ hasText: 'Step “Create” › Input › fields.StageName' })
  expect(await stage.textContent()).toMatch(/Changed[\s\S]*BeforeProspectingAfterClosed Won/)
  await text(differences.getByRole('listitem').filter({ hasText: 'Step “Hello”' }), 'Added').waitFor()
  await text(differences.getByRole('listitem').filter({ hasText: 'fields.Amount' }), 'Removed').waitFor()
  const row = page.getByRole('row', { name: /Deals are won at once/ })
  expect(await row.textContent()).toContain('Olivia Owner')
  await pictureInEveryLook(owner, 'versions')
  await picture(owner, 'recipe-differences')

  await button(page, 'Copy version 1').click()
  await page.waitForURL((url) => url.pathname.startsWith('/recipes/rcp_') && !url.pathname.endsWith(id))
  await text(page, 'Copy of make a deal').waitFor()
  expect((await recipeOf(page.url().split('/').at(-1) as string)).document.steps).toHaveLength(2)

  await page.goto(`/recipes/${id}?tab=versions`)
  await button(page, 'Restore version 1').click()
  await text(page, 'Version 1 restored').waitFor()
  expect((await recipeOf(id)).document.steps).toHaveLength(2)
})

test('a builder limits how many jobs of a recipe, and of a connection, run at once', async () => {
  const id = await behalf.addRecipe(createOpportunity(parent, true, 'one by one'))
  const { page } = owner
  await page.goto(`/recipes/${id}?tab=settings`)
  await page.getByLabel('Jobs at once').fill('2')
  await text(page, 'Not saved yet').waitFor()
  await pictureInEveryLook(owner, 'recipe-limit')
  await button(page, 'Save').click()
  await text(page, 'Saved as a new version.').waitFor()
  expect((await recipeOf(id)).document.settings).toEqual({ at_once: 2 })
  await page.getByLabel('Jobs at once').fill('')
  await button(page, 'Save').click()
  await until(async () => (await recipeOf(id)).document.settings === undefined)

  await page.goto(`/connections/${parent}`)
  await page.getByLabel('Jobs at once').fill('3')
  await pictureInEveryLook(owner, 'connection-limit')
  await button(page, 'Save').click()
  await text(page, 'Saved.').waitFor()
  expect((await behalf.owner.api('GET', `/connections/${parent}`)).body.data.at_once).toBe(3)
})

test('a recipe that stopped itself says why and when, in the list and on top of its page, and is started again there', async () => {
  await behalf.owner.api('PATCH', '/workspace/settings', { stop_after_failures: 2 })
  const id = await behalf.addRecipe({
    name: 'Breaks at once',
    trigger: { kind: 'api' },
    steps: [{ kind: 'reply', name: 'answer', text: '{{= $uppercase(5) }}' }],
  })
  for (const _ of [1, 2]) {
    const job = await startJob(behalf.owner, id, {})
    await until(async () => (await behalf.owner.api('GET', `/jobs/${job}`)).body.data.status === 'failed')
  }
  await until(async () => (await recipeOf(id)).status === 'stopped')
  const { page } = owner
  await page.goto('/recipes')
  await text(page, /Stopped by Behalf.*2 times in a row/).waitFor()
  await pictureInEveryLook(owner, 'recipes-stopped')
  await page.getByRole('link', { name: 'Breaks at once' }).click()
  const notice = page.getByRole('status').filter({ hasText: 'Behalf stopped this recipe' })
  expect(await notice.textContent()).toMatch(
    /Stopped just now: it failed 2 times in a row, the last time with expression_broken/,
  )
  await pictureInEveryLook(owner, 'recipe-stopped')
  await button(notice, 'Start again').click()
  await notice.waitFor({ state: 'detached' })
  await button(page, 'Stop').waitFor()
})

test('a whole project goes out as one file and comes in again: what it would make and change is seen first', async () => {
  const { page } = owner
  await page.goto('/recipes')
  await page.getByRole('link', { name: 'Export or import a project' }).click()
  await text(page, 'A project as a file').waitFor()
  await page.getByText('PROD', { exact: true }).click()
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Export as a file' }).click()
  const file = JSON.parse(await readFile(await (await download).path(), 'utf8'))
  const one = file.recipes.find(({ name }: { name: string }) => name === 'one by one')
  const choose = async (content: unknown) => {
    const buffer = Buffer.from(typeof content === 'string' ? content : JSON.stringify(content))
    const chooser = page.waitForEvent('filechooser')
    await button(page, /Choose (a|another) file/).click()
    await (await chooser).setFiles({ name: 'project.json', mimeType: 'application/json', buffer })
  }
  await choose('{')
  await text(page, /This file is not JSON/).waitFor()
  await choose({ format: 'behalf-project/1', recipes: [{ ...one, steps: [{ kind: 'dance' }] }] })
  await text(page, 'recipes[0].steps[0]').waitFor()
  owner.complaints.length = 0

  const fresh = {
    ...one,
    name: 'Brand new',
    connections: { crm: { connector: 'salesforce', connection: null, personal: true } },
  }
  const changed = { ...one, description: 'Makes one after the other.' }
  await choose({ format: 'behalf-project/1', recipes: [changed, { ...fresh, trigger: { kind: 'api' } }] })
  const planned = (name: string) => page.getByRole('region', { name })
  expect(await planned('one by one').textContent()).toMatch(
    /Changed[\s\S]*started and runs it from then on[\s\S]*Makes one after the other/,
  )
  expect(await planned('Brand new').textContent()).toMatch(/New[\s\S]*Before it can be started[\s\S]*connections\.crm/)
  await pictureInEveryLook(owner, 'project-import')
  await picture(owner, 'project-import')
  await planned('one by one')
    .getByLabel(/Make a new recipe of it/)
    .click()
  await planned('one by one').getByText('A recipe is made').waitFor()
  await planned('one by one')
    .getByLabel(/Make a new recipe of it/)
    .click()
  const { id, version, document } = await recipeOf(
    (await behalf.owner.api('GET', '/recipes')).body.data.find(({ name }: { name: string }) => name === 'one by one')
      .id,
  )
  const meanwhile = { document: { ...document, description: 'By somebody else.' }, expected_version: version }
  expect((await behalf.owner.api('PUT', `/recipes/${id}`, meanwhile)).status).toBe(200)
  await button(page, 'Import 2 recipes').click()
  await text(page, /Choose the file again to see what it would change now/).waitFor()
  owner.complaints.length = 0
  await choose({ format: 'behalf-project/1', recipes: [changed, { ...fresh, trigger: { kind: 'api' } }] })
  await text(planned('one by one'), 'By somebody else.').waitFor()
  await button(page, 'Import 2 recipes').click()
  await text(page, 'has a new version').waitFor()
  await pictureInEveryLook(owner, 'project-imported')
  await page.getByRole('link', { name: 'one by one' }).click()
  await text(page, 'Makes one after the other.').waitFor()
})

test('connections whose secrets went with a lost sealing key are listed, with what to do, until they are given again', async () => {
  await behalf.stopServer()
  behalf.settings.BEHALF_SEALING_KEY = randomBytes(32).toString('base64')
  await keysCommand(readConfiguration(behalf.settings), 'forget-lost-key', { print() {}, confirm: async () => true })
  await behalf.restart()
  const { page } = owner
  owner.complaints.length = 0
  await page.goto('/connections')
  const lost = page.getByRole('status').filter({ hasText: 'Secrets were lost with the sealing key' })
  expect(await lost.textContent()).toContain('Salesforce: enter its client secret again, then press Connect.')
  await text(page, /enter it again, then connect/).waitFor()
  await pictureInEveryLook(owner, 'connections-lost')
  await page.goto('/settings')
  await lost.waitFor()
  await lost.getByRole('link', { name: 'Salesforce' }).click()
  await page.getByLabel('Client secret').fill('a-secret-of-the-crm-client')
  await button(page, 'Save').click()
  await text(page, 'Saved.').waitFor()
  await page.goto('/connections')
  await page.getByRole('link', { name: 'Salesforce' }).waitFor()
  expect(await lost.count()).toBe(0)
})

test('a number that cannot be held to its last digit is refused in a recipe’s source, and in a file that is imported', async () => {
  const id = await behalf.addRecipe({
    name: 'Numbers',
    trigger: { kind: 'api', parameters: [] },
    steps: [{ kind: 'reply', name: 'answer', text: 'Done.', output: { id: 1 } }],
  })
  const { page } = owner
  await page.goto(`/recipes/${id}?tab=source`)
  const source = page.getByLabel('Source of the recipe')
  const saved = await source.inputValue()
  await source.fill(saved.replace('"id": 1', '"id": 9007199254740993'))
  await text(page, 'The number 9007199254740993 cannot be held exactly').waitFor()
  expect(await button(page, /Save version/).isDisabled()).toBe(true)
  await picture(owner, 'source-with-a-number-that-cannot-be-held')
  await source.fill(saved.replace('"id": 1', '"id": 9007199254740992'))
  await button(page, /Save version/).click()
  await until(async () => JSON.stringify((await recipeOf(id)).document).includes('9007199254740992'))

  await page.goto('/recipes/new')
  await page.getByRole('tab', { name: /file/i }).click()
  const buffer = Buffer.from(`{"format":"behalf-recipe/1","recipe":{"name":"X","n":1e400}}`)
  await page.locator('input[type=file]').setInputFiles({ name: 'x.json', mimeType: 'application/json', buffer })
  await text(page, 'The number 1e400 cannot be held exactly').waitFor()
})

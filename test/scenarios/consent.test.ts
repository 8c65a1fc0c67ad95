import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectAt, startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { createOne, createTwo } from '../support/recipes.ts'
import { until } from '../support/until.ts'

let behalf: TestBehalf
let alice: TestPerson
let parent: string
let first: string
let second: string
let third: string
beforeAll(async () => {
  behalf = await startTestBehalf({ consentPerRecipe: true })
  alice = await behalf.addPerson('Alice Ng')
  parent = await behalf.addCrmParent()
  await behalf.connectParent(parent as never, 'Bob Ortiz')
  const made = (command: string) => behalf.addRecipe(createOne({ connectionId: parent, personal: true, command }))
  ;[first, second, third] = [await made('make one'), await made('make other'), await made('make third')]
})
afterAll(() => behalf.stop())

const ownerOf = (wanted: string) => behalf.crm.opportunities().find(({ name }) => name === wanted)?.owner
const prompts = async () => (await alice.chat()).filter(({ kind }) => kind === 'ask')
const jobs = async () => (await alice.api('GET', '/me/jobs')).body.data as { id: string; status: string }[]
const consents = async () => (await alice.api('GET', '/me/consents')).body.data
const requests = () =>
  behalf.database.db.selectFrom('connect_requests').select(['reason', 'status']).where('status', '=', 'open').execute()
const unmoved = () =>
  behalf.database.db
    .selectFrom('jobs')
    .select(['recipe_id', 'fence', 'waited'])
    .where('status', '=', 'waiting_for_connection')
    .execute()

test('one page lists every recipe that waits, and connecting frees exactly those that stay ticked', async () => {
  await alice.say('make one name: Ticked')
  const link = await alice.prompt()
  await alice.say('make other name: Unticked')
  const otherLink = await alice.prompt(1)
  expect(await requests()).toEqual([{ reason: 'never_connected', status: 'open' }])
  const page = await alice.browser.open(link)
  expect(page.text()).toMatch(/make one .*make other/)
  const form = page.forms.find(({ fields }) => fields.some(([name]) => name === 'recipe'))
  const ticks = form?.fields.filter(([name]) => name === 'recipe').map(([, value]) => value) ?? []
  expect(ticks).toHaveLength(2)
  const atCrm = await page.click('Connect Salesforce', { recipe: ticks[0] ?? '' })
  const done = await (await atCrm.click('Continue as Alice Ng')).click('Allow')
  expect(done.text()).toContain('Salesforce is connected')
  await until(() => ownerOf('Ticked') === 'alice')
  expect((await consents()).map(({ recipe }: { recipe: { id: string } }) => recipe.id)).toEqual([first])
  expect((await jobs())[0]).toMatchObject({ status: 'waiting_for_connection' })
  expect(await requests()).toEqual([{ reason: 'consent_needed', status: 'open' }])
  // Nobody even looked whether the other one could go on.
  expect(await unmoved()).toEqual([{ recipe_id: second, fence: '0', waited: false }])
  expect(await prompts()).toHaveLength(2)

  const other = await alice.browser.open(otherLink)
  expect(other.buttons.map(({ label }) => label)).toContain('Let make other use your Salesforce (alice@acme.test)')
  await other.click('Let make other')
  await until(() => ownerOf('Unticked') === 'alice')
  expect(await requests()).toEqual([])
})

test('another recipe asks for leave once, without a trip to the application', async () => {
  const before = behalf.crm.tokenRequests.authorization_code
  await alice.say('make third name: Leave')
  const page = await alice.browser.open(await alice.prompt(2))
  expect((await prompts())[2]?.text).toContain('wants to use your own Salesforce account')
  await page.click('Let make third use your Salesforce')
  await until(() => ownerOf('Leave') === 'alice')
  await alice.say('make third name: Again')
  await until(() => ownerOf('Again') === 'alice')
  expect(await prompts()).toHaveLength(3)
  expect(behalf.crm.tokenRequests.authorization_code).toBe(before)
})

test('asks again when a recipe grows, and says what is new', async () => {
  const { body } = await behalf.owner.api('GET', `/recipes/${third}`)
  const document = createTwo({ connectionId: parent, personal: true, command: 'make third' }) as { steps: object[] }
  document.steps[1] = {
    kind: 'action',
    name: 'second',
    connection: 'crm',
    action: 'run_soql',
    input: { query: 'SELECT Id FROM Account' },
  }
  await behalf.owner.api('PUT', `/recipes/${third}`, { document, expected_version: body.data.version })
  await alice.say('make third name: Grown')
  const link = await alice.prompt(3)
  expect((await prompts())[3]?.fields[0]?.value).toContain('It now also will run queries over records you can see.')
  const page = await alice.browser.open(link)
  expect(page.text()).toMatch(/You allowed it before\. It now also will/)
  expect(ownerOf('Grown 1')).toBeUndefined()
  await page.click('Let make third')
  await until(() => ownerOf('Grown 1') === 'alice')
})

test('a box gives no leave for what the recipe does beyond what the page showed', async () => {
  const carol = await behalf.addPerson('Carol Diaz')
  await carol.say('make one name: Hers')
  await connectAt(carol, await carol.prompt(), 'Carol Diaz')
  await carol.say('make other name: Changed meanwhile')
  const page = await carol.browser.open(await carol.prompt(1))
  const { body } = await behalf.owner.api('GET', `/recipes/${second}`)
  const document = createTwo({ connectionId: parent, personal: false, command: 'make other' })
  await behalf.owner.api('PUT', `/recipes/${second}`, { document, expected_version: body.data.version })
  const answer = await page.click('Let make other')
  expect(answer.text()).toContain('was changed while you were reading')
  expect(ownerOf('Changed meanwhile')).toBeUndefined()
  await answer.click('Let make other')
  await until(() => ownerOf('Changed meanwhile') === 'carol')
})

test('consents are listed for their person and for administrators; withdrawn, the recipe asks again', async () => {
  const mine = (await consents()).find(({ recipe }: { recipe: { id: string } }) => recipe.id === first)
  expect(mine).toMatchObject({
    connection: { account_label: 'alice@acme.test' },
    does: [expect.stringContaining('create')],
  })
  const listed = await behalf.owner.api('GET', `/connections/${mine.connection.id}/consents`)
  expect(listed.body.data).toHaveLength(3)
  const mallory = await behalf.addPerson('Mallory Moe')
  expect((await mallory.api('GET', '/me/consents')).body.data).toEqual([])
  expect((await mallory.api('DELETE', `/me/consents/${mine.id}`)).status).toBe(404)
  expect((await mallory.api('GET', `/connections/${mine.connection.id}/consents`)).status).toBe(403)
  expect((await alice.api('DELETE', `/me/consents/${mine.id}`)).status).toBe(204)
  expect((await alice.api('DELETE', `/me/consents/${mine.id}`)).status).toBe(404)
  await alice.say('make one name: Withdrawn')
  await alice.prompt(4)
  expect(ownerOf('Withdrawn')).toBeUndefined()
  expect((await jobs())[0]).toMatchObject({ status: 'waiting_for_connection' })
})

test('a connection that is deleted takes its consents along', async () => {
  const [{ connection }] = await consents()
  await alice.api('DELETE', `/connections/${connection.id}`)
  expect(await consents()).toEqual([])
  await connectAt(alice, await alice.prompt(4), 'Alice Ng')
  await until(() => ownerOf('Withdrawn') === 'alice')
})

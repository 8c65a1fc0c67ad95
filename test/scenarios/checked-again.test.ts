import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConnectionId, RecipeId } from '../../src/core/ids.ts'
import { connectAt, sayMine, startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { jobEnded, jobIn } from '../support/run.ts'
import { countPrompts } from '../support/things-stage.ts'
import { until } from '../support/until.ts'

const PLACES = ['sales', 'support', 'finance'] as const

let behalf: TestBehalf
let parents: Record<(typeof PLACES)[number], ConnectionId>
beforeAll(async () => {
  behalf = await startTestBehalf()
  parents = {
    sales: await behalf.addCrmParent('Sales'),
    support: await behalf.addCrmParent('Support'),
    finance: await behalf.addCrmParent('Finance'),
  }
  // Everybody here is Alice there.
  await behalf.owner.api('PATCH', '/workspace/settings', { allow_shared_outside_accounts: true })
})
afterAll(() => behalf.stop())

/** Makes an opportunity at each of the three, with the person's own account there. */
const createThree = (command: string) => ({
  name: command,
  trigger: { kind: 'command', command, parameters: [{ name: 'name', type: 'text' }] },
  connections: Object.fromEntries(
    PLACES.map((place) => [place, { connector: 'salesforce', connection_id: parents[place], personal: true }]),
  ),
  steps: PLACES.map((place) => ({
    kind: 'action',
    name: place,
    connection: place,
    action: 'create_record',
    input: {
      type: 'Opportunity',
      fields: { Name: `{{ trigger.name }} ${place}`, StageName: 'Prospecting', CloseDate: '2027-01-31' },
    },
  })),
})

interface Waiting {
  person: TestPerson
  recipe: RecipeId
  job: string
  link: string
  /** What the job is called, and what it makes begins with. */
  name: string
  child(place: (typeof PLACES)[number]): Promise<string>
}

let played = 0

/** A person who is connected at two of the three, and their job, which waits for the third. */
async function waitForSales(): Promise<Waiting> {
  const word = `three${++played}`
  const recipe = await behalf.addRecipe(createThree(word))
  const person = await behalf.addPerson(`Alice${played} Ng`)
  const child: Waiting['child'] = async (place) => {
    const { body } = await person.api('GET', '/me/connections')
    return body.data.find((each: { parent_id: string }) => each.parent_id === parents[place]).connection.id
  }
  for (const place of ['support', 'finance'] as const) {
    const { body } = await person.api('POST', `/me/connections/${parents[place]}/connect`)
    await connectAt(person, body.data.url, 'Alice Ng')
  }
  const name = `Waited ${played}`
  await person.say(`${word} name: ${name}`)
  const link = await person.prompt()
  const job = (await person.api('GET', '/me/jobs')).body.data[0].id
  expect((await jobIn(person, job, 'waiting_for_connection')).waits).toHaveLength(1)
  return { person, recipe, job, link, name, child }
}

const statusOf = async ({ person, job }: Waiting) => (await person.api('GET', `/jobs/${job}`)).body.data.status

const made = ({ name }: Waiting) =>
  behalf.crm
    .opportunities()
    .map((each) => each.name)
    .filter((each) => each.startsWith(name))

/** Connects the one that was asked for, after which the job would go on. */
const connect = async ({ person, link }: Waiting) => {
  const atCrm = await (await person.browser.open(link)).click('Connect Salesforce', {}, 0)
  return sayMine(await atCrm.click('Allow'))
}

test('what broke while a job waited is asked for together on one page, before its first step', async () => {
  const waiting = await waitForSales()
  const { person, job } = waiting
  await behalf.owner.api('POST', `/connections/${await waiting.child('support')}/disconnect`)
  await person.api('DELETE', `/connections/${await waiting.child('finance')}`)
  const page = await connect(waiting)
  const prompt = await person.prompt(1)
  const { waits } = await jobIn(person, job, 'waiting_for_connection')
  expect(waits.map((wait: { connection_name: string }) => wait.connection_name).sort()).toEqual(['Finance', 'Support'])
  const fresh = await person.browser.open(prompt)
  const left = ['Connect Salesforce', 'Connect Salesforce', 'Not now']
  for (const each of [fresh, page]) expect(each.buttons.map(({ label }) => label)).toEqual(left)

  // Who is at the page goes on there, as if nothing had happened.
  const rest = await sayMine(await (await page.click('Connect Salesforce', {}, 0)).click('Allow'))
  expect(await statusOf(waiting)).toBe('waiting_for_connection')
  expect(made(waiting)).toEqual([])
  const done = await sayMine(await (await rest.click('Connect Salesforce')).click('Allow'))
  expect(done.text()).toContain('has already gone on by itself')
  await jobIn(person, job, 'succeeded')
  expect(made(waiting)).toEqual(PLACES.map((place) => `${waiting.name} ${place}`))
  expect(await countPrompts(person)).toBe(2)
  expect((await person.browser.open(prompt)).buttons).toEqual([])
})

const ENDS: [string, (waiting: Waiting) => Promise<unknown>, string, string][] = [
  [
    'it is not shared with its person any more',
    ({ recipe }) => behalf.owner.api('PUT', `/recipes/${recipe}/runners`, { everyone: false, person_ids: [] }),
    'recipe_not_shared',
    'You may no longer run',
  ],
  [
    'it is stopped',
    ({ recipe }) => behalf.owner.api('POST', `/recipes/${recipe}/stop`),
    'recipe_stopped',
    'was stopped meanwhile',
  ],
]

test.each(ENDS)(
  'a job whose recipe cannot go on because %s ends when its person connects, and says so, whatever else broke',
  async (_why, change, code, said) => {
    const waiting = await waitForSales()
    const { person, job } = waiting
    await behalf.owner.api('POST', `/connections/${await waiting.child('support')}/disconnect`)
    expect(((await change(waiting)) as { status: number }).status).toBeLessThan(300)
    const before = behalf.crm.requests.length
    await connect(waiting)
    expect(await jobEnded(person, job)).toMatchObject({ status: 'failed', error_code: code })
    await until(async () => (await person.chat()).some(({ kind, text }) => kind !== 'ask' && text.includes(said)))
    expect(made(waiting)).toEqual([])
    expect(behalf.crm.requests.slice(before).filter(({ method }) => method === 'POST')).toEqual([])
    expect(await countPrompts(person)).toBe(1)
  },
)

test('a job that waits to be connected ends when its recipe is deleted, at once, and says so', async () => {
  const waiting = await waitForSales()
  const { person, job, recipe, link } = waiting
  expect((await behalf.owner.api('DELETE', `/recipes/${recipe}`)).status).toBe(204)
  expect(await jobEnded(person, job)).toMatchObject({ status: 'failed', error_code: 'recipe_deleted' })
  await until(async () =>
    (await person.chat()).some(({ kind, text }) => kind !== 'ask' && text.includes('was deleted')),
  )
  expect((await person.browser.open(link)).buttons).toEqual([])
  expect(made(waiting)).toEqual([])
})

test('a job ends when a parent connection is deleted: at once the one it waits for, at its turn any other', async () => {
  const [first, second] = [await waitForSales(), await waitForSales()]
  await behalf.owner.api('DELETE', `/connections/${parents.finance}`)
  await connect(first)
  expect(await jobEnded(first.person, first.job)).toMatchObject({ status: 'failed', error_code: 'recipe_stopped' })
  await behalf.owner.api('DELETE', `/connections/${parents.sales}`)
  expect(await jobEnded(second.person, second.job)).toMatchObject({ status: 'failed', error_code: 'parent_deleted' })
  expect([...made(first), ...made(second)]).toEqual([])
})

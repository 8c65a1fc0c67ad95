import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConnectionId, RecipeId } from '../../src/core/ids.ts'
import { connectAt, startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { createOne } from '../support/recipes.ts'
import { jobIn, startJob } from '../support/run.ts'

let behalf: TestBehalf
let alice: TestPerson
let parent: ConnectionId
let recipes: RecipeId[]

beforeAll(async () => {
  behalf = await startTestBehalf({ consentPerRecipe: true })
  alice = await behalf.addPerson('Alice Ng')
  parent = await behalf.addCrmParent()
  await behalf.connectParent(parent, 'Bob Ortiz')
  recipes = []
  for (const command of ['make one', 'make other'])
    recipes.push(await behalf.addRecipe(createOne({ connectionId: parent, personal: true, command })))
})
afterAll(() => behalf.stop())

const run = () => Promise.all(recipes.map((id) => startJob(alice, id, { name: 'One' })))
const page = async () => {
  const { body } = await alice.api('POST', `/me/connections/${parent}/connect`)
  return body.data.url
}

test('a recipe that was let use an account, and is unticked when that is connected again, waits to be let anew', async () => {
  const before = await run()
  await connectAt(alice, await page(), 'Alice Ng')
  await Promise.all(before.map((id) => jobIn(alice, id, 'succeeded')))
  const [{ connection }] = (await alice.api('GET', '/me/connections')).body.data
  await alice.api('POST', `/connections/${connection.id}/disconnect`)

  const [one, other] = (await run()) as [string, string]
  const asked = await alice.browser.open(await page())
  const form = asked.forms.find(({ fields }) => fields.some(([name]) => name === 'recipe'))
  const ticks = form?.fields.filter(([name]) => name === 'recipe').map(([, value]) => value) ?? []
  const ticked = ticks.find((tick) => tick.startsWith(`${recipes[0]}.`)) ?? ''
  const atCrm = await asked.click('Connect Salesforce', { recipe: ticked })
  await atCrm.click('Allow')
  await jobIn(alice, one, 'succeeded')
  const consents = (await alice.api('GET', '/me/consents')).body.data
  expect(consents.map(({ recipe }: { recipe: { id: string } }) => recipe.id)).toEqual([recipes[0]])
  await jobIn(alice, other, 'waiting_for_connection')

  await (await alice.browser.open(await page())).click('Let make other use your Salesforce')
  await jobIn(alice, other, 'succeeded')
})

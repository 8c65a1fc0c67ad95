import { afterAll, beforeAll, expect, test } from 'vitest'
import { deleteConnection, disconnectConnection } from '../../src/commands/connections/cut-off-connections.ts'
import { deactivatePerson } from '../../src/commands/people/deactivate-person.ts'
import type { ConnectionId, RecipeId } from '../../src/core/ids.ts'
import { actorOf } from '../../src/people/actor.ts'
import { connectAt, startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { holdAnswer } from '../support/hold-answer.ts'
import { callThree, makeThree } from '../support/recipes.ts'
import { jobEnded, jobIn, startJob } from '../support/run.ts'

type Server = Awaited<ReturnType<TestBehalf['startAnother']>>

let behalf: TestBehalf
let another: Server
let parent: ConnectionId
let three: RecipeId
let outer: RecipeId

beforeAll(async () => {
  behalf = await startTestBehalf({ consentPerRecipe: true })
  another = await behalf.startAnother()
  parent = await behalf.addCrmParent()
  await behalf.connectParent(parent, 'Bob Ortiz')
  three = await behalf.addRecipe(makeThree(parent))
  outer = await behalf.addRecipe(callThree(three, 'three'))
}, 60_000)
afterAll(async () => {
  await another.stop()
  await behalf.stop()
})

const made = (name: string) =>
  behalf.crm
    .opportunities()
    .filter((each) => each.name.startsWith(name))
    .map((each) => `${each.name}: ${each.owner}`)

/** A person whose first run has connected them, and who lets the recipe. */
async function connected(name: string) {
  const person = await behalf.addPerson(name)
  const run = await person.api('POST', `/recipes/${outer}/run`, { input: { name: `${name} before` }, wait_seconds: 0 })
  await connectAt(person, run.body.data.connect_url, 'Alice Ng')
  await jobIn(person, run.body.data.id, 'succeeded')
  const mine = (await person.api('GET', '/me/connections')).body.data
  return { person, child: mine[0].connection.id as ConnectionId }
}

/** Holds a job of this person in the first time of the loop, in whichever of the two servers runs it. */
async function heldJob(person: TestPerson, name: string) {
  const held = [behalf, another].map(({ ctx }) =>
    holdAnswer(ctx, ({ method, url }) => method === 'POST' && url.pathname.includes('sobjects')),
  )
  const job = await startJob(person, outer, { name })
  await Promise.race(held.map(({ arrived }) => arrived))
  return { job, release: () => held.map(({ release }) => release()) }
}

type Cut = (person: TestPerson, child: ConnectionId) => Promise<unknown>

const CUTS: [string, Cut][] = [
  ['deleted', ({ person }, child) => deleteConnection(another.ctx, actorOf(person), child)],
  ['disconnected', ({ person }, child) => disconnectConnection(behalf.ctx, actorOf(person), child)],
  [
    'not let any more',
    async ({ api }) => {
      for (const { id } of (await api('GET', '/me/consents')).body.data) await api('DELETE', `/me/consents/${id}`)
    },
  ],
  ['deactivated', ({ person }) => deactivatePerson(another.ctx, actorOf(behalf.owner.person), { personId: person.id })],
]

test.each(CUTS)(
  'revoked-in-mid-job: in a loop within a function no further request leaves once it was %s',
  async (how, cut) => {
    const name = `Cut ${how}`
    const { person, child } = await connected(`Alice-${how.replaceAll(' ', '-')} Ng`)
    const { job, release } = await heldJob(person, name)
    await cut(person, child)
    const requests = behalf.crm.requests.length
    release()
    if (how === 'deactivated') expect(await jobEnded(behalf.owner, job)).toMatchObject({ status: 'cancelled' })
    else await jobIn(person, job, 'waiting_for_connection')
    expect(made(name)).toEqual([`${name} 1: alice`])
    expect(behalf.crm.requests).toHaveLength(requests)
    await behalf.owner.api('POST', `/people/${person.person.id}/deactivate`)
  },
)

test('recipe-changed-after-consent: a function that has come to do more is asked for before any of it is done, by whichever recipe it is called', async () => {
  const { person } = await connected('Alice-grown Ng')
  const { document, version } = (await behalf.owner.api('GET', `/recipes/${three}`)).body.data
  const query = { query: 'select Id from Account' }
  const look = { kind: 'action', name: 'look', connection: 'crm', action: 'run_soql', input: query }
  const grown = { ...document, steps: [...document.steps, look] }
  const saved = await behalf.owner.api('PUT', `/recipes/${three}`, { document: grown, expected_version: version })
  expect(saved.status).toBe(200)
  const job = await startJob(person, outer, { name: 'Grown' })
  await jobIn(person, job, 'waiting_for_connection')
  expect(made('Grown')).toEqual([])
  await person.api('POST', `/jobs/${job}/cancel`)
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { deleteConnection, disconnectConnection } from '../../src/commands/connections/cut-off-connections.ts'
import { deactivatePerson } from '../../src/commands/people/deactivate-person.ts'
import { useConnection as takeConnection } from '../../src/connections/use-connection.ts'
import { type Connector, defineAction } from '../../src/connectors/connector.ts'
import { connector as salesforce } from '../../src/connectors/salesforce/index.ts'
import type { ConnectionId, RecipeId } from '../../src/core/ids.ts'
import { actorOf } from '../../src/people/actor.ts'
import { connectAt, startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { holdAnswer } from '../support/hold-answer.ts'
import { createTwo } from '../support/recipes.ts'
import { jobEnded, jobIn, startJob } from '../support/run.ts'
import { until } from '../support/until.ts'

/** Two requests in one step. */
const createTwice = defineAction({
  name: 'create_twice',
  label: 'Create twice',
  description: 'Makes two opportunities.',
  consentText: 'make two opportunities as you',
  input: z.strictObject({ name: z.string() }),
  output: z.object({}),
  recipient: null,
  idempotent: false,
  async run({ input, request }) {
    for (const number of [1, 2]) {
      const json = { Name: `${input.name} ${number}`, StageName: 'Prospecting', CloseDate: '2027-01-31' }
      await request({ method: 'POST', url: '/services/data/v62.0/sobjects/Opportunity', json })
    }
    return {}
  },
})
const withCreateTwice = { ...salesforce, actions: [...salesforce.actions, createTwice] } as unknown as Connector

type Server = Awaited<ReturnType<TestBehalf['startAnother']>>

let behalf: TestBehalf
let another: Server
let parent: ConnectionId
let recipe: RecipeId

beforeAll(async () => {
  behalf = await startTestBehalf({ connectors: new Map([['salesforce', withCreateTwice]]) })
  another = await behalf.startAnother()
  parent = await behalf.addCrmParent()
  await behalf.connectParent(parent, 'Bob Ortiz')
  recipe = await behalf.addRecipe(createTwo({ connectionId: parent, personal: true, command: 'create two' }))
})
afterAll(async () => {
  await another.stop()
  await behalf.stop()
})

/** Holds a job of this person behind its first request, in whichever of the two servers runs it. */
async function heldJob(person: TestPerson, name: string, id = recipe) {
  const isCreate = ({ method, url }: { method: string; url: URL }) =>
    method === 'POST' && url.pathname.includes('sobjects')
  const held = [behalf, another].map(({ ctx }) => holdAnswer(ctx, isCreate))
  const job = await startJob(person, id, { name })
  await Promise.race(held.map(({ arrived }) => arrived))
  return { job, release: () => held.map(({ release }) => release()) }
}

async function connected(name: string) {
  const person = await behalf.addPerson(name)
  const { body } = await person.api('POST', `/me/connections/${parent}/connect`)
  await connectAt(person, body.data.url, 'Alice Ng')
  const mine = await person.api('GET', '/me/connections')
  return { person, child: mine.body.data[0].connection.id as ConnectionId }
}

const made = (name: string) =>
  behalf.crm
    .opportunities()
    .map((each) => each.name)
    .filter((each) => each.startsWith(name))

const CUTS: [string, (server: Server, child: ConnectionId, person: TestPerson) => Promise<unknown>][] = [
  ['deleted', (server, child, { person }) => deleteConnection(server.ctx, actorOf(person), child)],
  ['disconnected', (server, child, { person }) => disconnectConnection(server.ctx, actorOf(person), child)],
  [
    'deactivated',
    (server, _child, { person }) => deactivatePerson(server.ctx, actorOf(behalf.owner.person), { personId: person.id }),
  ],
]

test.each(CUTS.flatMap(([how, cut]) => [0, 1].map((machine) => [how, machine, cut] as const)))(
  'revoked-in-mid-job: no further request leaves once it was %s, by machine %i',
  async (how, machine, cut) => {
    const name = `${how} ${machine}`
    const { person, child } = await connected(`Alice-${how}-${machine} Ng`)
    const { job, release } = await heldJob(person, name)
    await cut(machine === 0 ? behalf : another, child, person)
    await until(() => behalf.crm.liveGrantsOf('alice') === 0)
    const requests = behalf.crm.requests.length
    release()
    if (how === 'deactivated') {
      expect(await jobEnded(behalf.owner, job)).toMatchObject({ status: 'cancelled', error_code: 'person_deactivated' })
    } else await jobIn(person, job, 'waiting_for_connection')
    expect(made(name)).toEqual([`${name} 1`])
    expect(behalf.crm.requests).toHaveLength(requests)
    const audit = await behalf.owner.api('GET', '/audit_events?limit=50')
    expect(audit.body.data.map((each: { action: string }) => each.action)).toContain(
      how === 'deleted' ? 'connection.deleted' : 'connection.disconnected',
    )
    if (how !== 'deactivated') await person.api('POST', `/jobs/${job}/cancel`)
  },
)

test('revoked-in-mid-job: the first request does not leave either once the connection was cut off after it was taken', async () => {
  const { person, child } = await connected('Alice-Taken Ng')
  const used = await takeConnection(behalf.ctx, { parentId: parent, personId: person.person.id, recipe: null })
  if (used.kind !== 'ready') throw new Error(`it cannot be used: ${used.kind}`)
  await disconnectConnection(another.ctx, actorOf(person.person), child)
  const requests = behalf.crm.requests.length
  await expect(used.connection.request({ method: 'GET', url: '/services/data' })).rejects.toThrow(
    'interrupted: connect',
  )
  expect(behalf.crm.requests).toHaveLength(requests)
})

test('revoked-in-mid-job: no further request leaves within one step either', async () => {
  const twice = await behalf.addRecipe({
    name: 'Create twice',
    trigger: { kind: 'command', command: 'create twice', parameters: [{ name: 'name', type: 'text' }] },
    connections: { crm: { connector: 'salesforce', connection_id: parent, personal: true } },
    steps: [
      {
        kind: 'action',
        name: 'twice',
        connection: 'crm',
        action: 'create_twice',
        input: { name: '{{ trigger.name }}' },
      },
    ],
  })
  const { person, child } = await connected('Alice-Within Ng')
  const { job, release } = await heldJob(person, 'Within', twice)
  await disconnectConnection(another.ctx, actorOf(person.person), child)
  const requests = behalf.crm.requests.length
  release()
  const isHalted = async () => (await person.api('GET', `/jobs/${job}`)).body.data.status !== 'running'
  await until(isHalted)
  expect(made('Within')).toEqual(['Within 1'])
  expect(behalf.crm.requests).toHaveLength(requests)
})

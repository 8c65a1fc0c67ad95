import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { ConnectionId, JobId, RecipeId } from '../../src/core/ids.ts'
import { connectAt, startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { crmConnection } from '../support/recipes.ts'
import { jobEnded, jobIn, startJob } from '../support/run.ts'
import { until } from '../support/until.ts'
import { PLACES, type Place } from './step-places.ts'

vi.setConfig({ maxConcurrency: 4, testTimeout: 120_000, hookTimeout: 60_000 })

let behalf: TestBehalf
/** Answers of the CRM that are held back, by what is in the request. */
const held = new Map<string, { arrived: () => void; released: Promise<void> }>()

beforeAll(async () => {
  behalf = await startTestBehalf()
  const { egress } = behalf.ctx
  behalf.ctx.egress = async (request) => {
    const answer = await egress(request)
    for (const [text, { arrived, released }] of held)
      if (request.method === 'POST' && String(request.body).includes(text)) {
        held.delete(text)
        arrived()
        await released
      }
    return answer
  }
})
afterAll(() => behalf.stop())

function hold(text: string) {
  const arrived = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  held.set(text, { arrived: arrived.resolve, released: released.promise })
  return { arrived: arrived.promise, release: released.resolve }
}

/** One place, with a person, a parent and a recipe of its own: it makes `… 1`, and then `… 2`. */
interface Story {
  place: Place
  tag: string
  person: TestPerson
  parent: ConnectionId
  recipe: RecipeId
}

let stories = 0
let turn: Promise<unknown> = Promise.resolve()

/** The builder has one browser. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const done = turn.then(work)
  turn = done.catch(() => {})
  return done
}

async function tell(place: Place, personal: boolean): Promise<Story> {
  const tag = `S${++stories}x`
  const person = await behalf.addPerson(`Alice-${tag} Ng`)
  const parent = await behalf.addCrmParent()
  await inTurn(() => behalf.connectParent(parent, 'Carol Diaz'))
  const create = (number: number) => ({
    kind: 'action',
    name: `make_${number}`,
    connection: 'crm',
    action: 'create_record',
    input: {
      type: 'Opportunity',
      fields: { Name: `${tag} ${number}`, StageName: 'Prospecting', CloseDate: '2027-01-31' },
    },
  })
  let functions = 0
  const add = (trigger: object, steps: object[]) => {
    const name = `${tag}, ${functions++}`
    const connections = JSON.stringify(steps).includes('"crm"') ? crmConnection(parent, personal) : {}
    return behalf.addRecipe({ name, trigger, connections, steps })
  }
  const wrapped = await place.wrap([create(1), create(2)], (steps) =>
    add({ kind: 'function', input: { type: 'object' } }, steps),
  )
  return { place, tag, person, parent, recipe: await add({ kind: 'api' }, wrapped) }
}

const made = ({ tag }: Story) =>
  behalf.crm
    .opportunities()
    .filter(({ name }) => name.startsWith(`${tag} `))
    .map(({ name, owner }) => `${name.slice(tag.length + 1)} ${owner}`)

const run = ({ person, recipe }: Story): Promise<JobId> => startJob(person, recipe, {})

/** Of a job, the one in which its actions stand: itself, or the one that it starts. */
async function acting({ person, place }: Story, job: JobId): Promise<JobId> {
  if (!place.apart) return job
  const [call] = (await jobIn(person, job, 'succeeded')).steps
  return call.output.value.job_id
}

async function answer({ place, person }: Story, job: JobId): Promise<void> {
  if (!place.asks) return
  const { question } = await jobIn(person, job, 'waiting_for_answer')
  await person.api('POST', `/jobs/${job}/answer`, { step: question.step, choice: 'yes' })
}

/** For a job, by the page that it asks with; else ahead of any. */
async function connect({ person, parent }: Story, job?: JobId): Promise<ConnectionId> {
  const url = job ? await pageOf(job) : (await person.api('POST', `/me/connections/${parent}/connect`)).body.data.url
  const page = await connectAt(person, url, 'Alice Ng')
  expect(page.text()).toMatch(/Salesforce is connected .*as alice@acme\.test/)
  const mine: Mine[] = (await person.api('GET', '/me/connections')).body.data
  return mine.find(({ parent_id }) => parent_id === parent)?.connection?.id as ConnectionId
}

interface Mine {
  parent_id: ConnectionId
  connection: { id: ConnectionId } | null
}

async function pageOf(job: JobId): Promise<URL> {
  const visits = behalf.database.db.selectFrom('connect_visits').select('id').where('job_id', '=', job)
  const { id } = await visits.where('status', '=', 'open').executeTakeFirstOrThrow()
  return new URL(`/connect/v/${id}`, behalf.url)
}

const usesOf = (job: JobId) =>
  behalf.database.db.selectFrom('credential_uses').selectAll().where('job_id', '=', job).orderBy('id').execute()

async function timesAsked({ parent, person }: Story): Promise<number> {
  const requests = behalf.database.db.selectFrom('connect_requests').select('id').where('parent_id', '=', parent)
  return (await requests.where('person_id', '=', person.person.id).execute()).length
}

describe.concurrent('promises in every kind of step', () => {
  test.for(PLACES)(
    'P1: $place, with the switch off, the records belong to the parent’s account and nobody is asked; P8: and it stops when the parent is deleted',
    async (place, { expect }) => {
      const story = await tell(place, false)
      const main = await run(story)
      await answer(story, main)
      const job = await acting(story, main)
      expect(await jobEnded(story.person, job)).toMatchObject({ status: 'succeeded' })
      expect(made(story)).toEqual(['1 carol', '2 carol'])
      expect(await timesAsked(story)).toBe(0)
      expect((await usesOf(job)).map(({ connection_id }) => connection_id)).toEqual([story.parent, story.parent])

      expect((await behalf.owner.api('DELETE', `/connections/${story.parent}`)).status).toBe(204)
      const again = await story.person.api('POST', `/recipes/${story.recipe}/run`, { input: {}, wait_seconds: 0 })
      expect(again.status).toBe(409)
      expect(['recipe_stopped', 'function_stopped']).toContain(again.body.error.code)
      expect(made(story)).toHaveLength(2)
    },
  )

  test.for(PLACES)(
    'P2: $place, with the switch on, whoever runs it is asked before anything is done, once, and the records are theirs; P14: each use is on record',
    async (place, { expect }) => {
      const story = await tell(place, true)
      const { person, parent } = story
      const main = await run(story)
      await jobIn(person, main, 'waiting_for_connection')
      expect(made(story)).toEqual([])
      expect(await usesOf(main)).toEqual([])
      const child = await connect(story, main)
      await answer(story, main)
      const job = await acting(story, main)
      expect(await jobEnded(person, job)).toMatchObject({ status: 'succeeded', private: true })
      expect(made(story)).toEqual(['1 alice', '2 alice'])
      const again = await run(story)
      await answer(story, again)
      expect(await jobEnded(person, await acting(story, again))).toMatchObject({ status: 'succeeded' })
      expect(made(story)).toEqual(['1 alice', '2 alice', '1 alice', '2 alice'])
      expect(await timesAsked(story)).toBe(1)

      const uses = await usesOf(job)
      expect(uses.map(({ step }) => step?.split('.').at(-1))).toEqual(['make_1', 'make_2'])
      const use = { connection_id: child, parent_id: parent, person_id: person.person.id, outcome: 'succeeded' }
      for (const each of uses)
        expect(each).toMatchObject({ ...use, account_label: 'alice@acme.test', requests: 1, http_status: 201 })
      const seen = JSON.stringify((await behalf.owner.api('GET', `/jobs/${job}`)).body)
      expect(seen).not.toContain(story.tag.concat(' 1'))
    },
  )

  test.for(PLACES)(
    'P7: $place, whoever is cut off in between is asked anew; P6: nothing is done as anybody else; P4: it goes on from there, and what was done is not done again',
    async (place, { expect }) => {
      const story = await tell(place, true)
      const { person, tag } = story
      const child = await connect(story)
      const first = hold(`${tag} 1`)
      const started = run(story)
      await answer(story, place.asks ? await started : ('' as JobId))
      await first.arrived
      const job = await acting(story, await started)
      expect((await behalf.owner.api('POST', `/connections/${child}/disconnect`)).status).toBe(204)
      first.release()
      await jobIn(person, job, 'waiting_for_connection')
      expect(made(story)).toEqual(['1 alice'])
      await connect(story, job)
      expect(await jobEnded(person, job)).toMatchObject({ status: 'succeeded' })
      expect(made(story)).toEqual(['1 alice', '2 alice'])
      expect(new Set((await usesOf(job)).map(({ connection_id }) => connection_id))).toEqual(new Set([child]))
    },
  )
})

const SHARING = ['at top level', 'in a for each', 'in a repeat', 'in a try', 'in a function in a loop']

test.for(PLACES.filter(({ place }) => SHARING.includes(place)))(
  'P13: $place, jobs that need the same expired token cause one refresh',
  async (place) => {
    const story = await tell(place, true)
    await connect(story)
    behalf.crm.expireAccessTokens()
    const before = behalf.crm.tokenRequests.refresh_token ?? 0
    const jobs = await Promise.all([1, 2, 3, 4, 5].map(() => run(story)))
    for (const job of jobs) expect(await jobEnded(story.person, job)).toMatchObject({ status: 'succeeded' })
    expect(behalf.crm.tokenRequests.refresh_token).toBe(before + 1)
    await until(() => made(story).length === 10)
  },
)

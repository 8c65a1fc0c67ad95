import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { attemptRevocations } from '../../src/connections/revocations.ts'
import { open, type SealedPlace } from '../../src/connections/sealing/seal.ts'
import { Bug } from '../../src/core/errors.ts'
import type { ConnectionId, JobId, RecipeId } from '../../src/core/ids.ts'
import { jobPlace, outboxPlace, stepPlace } from '../../src/jobs/seal-job-data.ts'
import { connectAt, startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { createOne } from '../support/recipes.ts'
import { jobEnded, jobIn, startJob } from '../support/run.ts'
import { until } from '../support/until.ts'

let behalf: TestBehalf
let alice: TestPerson
let bob: TestPerson
let parent: ConnectionId
let recipe: RecipeId
/** What reached the CRM before the test began. */
let before: number

const db = () => behalf.database.db
const reached = () => behalf.crm.requests.slice(before)
const childOf = async ({ person }: TestPerson) =>
  (
    await db()
      .selectFrom('connections')
      .select('id')
      .where('person_id', '=', person.id)
      .where('deleted_at', 'is', null)
      .executeTakeFirstOrThrow()
  ).id
/** Connects a person, unless they are. */
const connect = async (person: TestPerson) => {
  const { body } = await person.api('POST', `/me/connections/${parent}/connect`)
  if ((await person.browser.open(body.data.url)).text().includes('is connected')) return
  const done = await connectAt(person, body.data.url, person.person.name)
  expect(done.text()).toContain('is connected')
}
const disconnect = async (person: TestPerson) => person.api('POST', `/connections/${await childOf(person)}/disconnect`)
/** Somebody new, who signs in at the CRM as Carol and is asked whether that account is theirs: until they answer it is held. */
const holdFor = async (name: string) => {
  const person = await behalf.addPerson(name)
  const { body } = await person.api('POST', `/me/connections/${parent}/connect`)
  const atCrm = await (await person.browser.open(body.data.url)).click('Connect Salesforce')
  const page = await (await atCrm.click('Continue as Carol Diaz')).click('Allow')
  expect(page.text()).toContain('Is this account yours?')
  return { person, page, attempt: page.url.split('/').at(-1) ?? '' }
}
const waitingJob = async (person: TestPerson, name: string) => {
  const job = await startJob(person, recipe, { name })
  await jobIn(person, job, 'waiting_for_connection')
  return job
}

beforeAll(async () => {
  behalf = await startTestBehalf()
  alice = await behalf.addPerson('Alice Ng')
  bob = await behalf.addPerson('Bob Ortiz')
  parent = await behalf.addCrmParent()
  await behalf.connectParent(parent, 'Carol Diaz')
  recipe = await behalf.addRecipe(createOne({ connectionId: parent, personal: true, command: 'one' }))
  for (const person of [alice, bob]) await connect(person)
})
afterAll(() => behalf.stop())
beforeEach(() => {
  before = behalf.crm.requests.length
})

describe('row-swap: Bob’s grant in Alice’s place', () => {
  const swaps: [string, (hers: ConnectionId, his: ConnectionId) => Promise<unknown>][] = [
    [
      'its bytes',
      (hers, his) =>
        sql`update grants set version = version + 1,
        sealed = (select sealed from grants where connection_id = ${his}) where connection_id = ${hers}`.execute(db()),
    ],
    [
      'its row',
      async (hers, his) => {
        await sql`delete from grants where connection_id = ${hers}`.execute(db())
        await sql`update grants set connection_id = ${hers}, version = version + 1 where connection_id = ${his}`.execute(
          db(),
        )
      },
    ],
    [
      'the parent’s bytes',
      (hers) =>
        sql`update grants set version = version + 1,
        sealed = (select sealed from grants where connection_id = ${parent}) where connection_id = ${hers}`.execute(
          db(),
        ),
    ],
  ]
  test.each(swaps)(
    'row-swap: %s do not open: nothing is sent, the job fails, and she can connect anew',
    async (what, swap) => {
      await swap(await childOf(alice), await childOf(bob))
      const job = await startJob(alice, recipe, { name: `Swapped ${what}` })
      const ended = await jobEnded(alice, job)
      expect(ended).toMatchObject({ status: 'failed', error_code: 'bug' })
      expect(JSON.stringify(ended.error)).toContain(`Quote ${job}`)
      expect(reached()).toEqual([])

      expect((await alice.api('POST', `/connections/${await childOf(alice)}/disconnect`)).status).toBe(204)
      const { body } = await alice.api('GET', '/me/connections')
      expect(body.data[0].connection).toMatchObject({ status: 'disconnected', revocation: { status: 'failed' } })
      for (const person of [alice, bob]) await connect(person)
      await jobIn(alice, await startJob(alice, recipe, { name: `Mended ${what}` }), 'succeeded')
      expect(behalf.crm.opportunities().at(-1)).toMatchObject({ name: `Mended ${what}`, owner: 'alice' })
    },
  )
})

test('row-swap: the OAuth client of another parent does not open', async () => {
  const other = await behalf.addCrmParent('Other')
  const { sealed_client } = await db()
    .selectFrom('connections')
    .select('sealed_client')
    .where('id', '=', other)
    .executeTakeFirstOrThrow()
  await sql`update connections set sealed_client = (select sealed_client from connections where id = ${parent})
    where id = ${other}`.execute(db())
  const { status, body } = await behalf.owner.api('POST', `/connections/${other}/connect`)
  expect({ status, code: body.error.code }).toEqual({ status: 500, code: 'bug' })
  await db().updateTable('connections').set({ sealed_client }).where('id', '=', other).execute()
  expect((await behalf.owner.api('POST', `/connections/${other}/connect`)).status).toBe(200)
})

test('row-swap: the PKCE verifier of another attempt does not open, and no code is exchanged', async () => {
  const dora = await behalf.addPerson('Dora Klein')
  const exchanged = behalf.crm.tokenRequests.authorization_code
  const { body } = await dora.api('POST', `/me/connections/${parent}/connect`)
  const atCrm = await (await dora.browser.open(body.data.url)).click('Connect Salesforce')
  await sql`update connect_attempts set sealed_verifier = (select sealed_verifier from connect_attempts where person_id <> ${dora.person.id} limit 1)
    where person_id = ${dora.person.id}`.execute(db())
  const back = await (await atCrm.click('Continue as Carol Diaz')).click('Allow')
  expect(back.status).toBe(500)
  expect(behalf.crm.tokenRequests.authorization_code).toBe(exchanged)
  expect(await db().selectFrom('connections').select('id').where('person_id', '=', dora.person.id).execute()).toEqual(
    [],
  )
})

test('row-swap: a grant that is held for its person’s yes does not open in another’s place, and nobody gets it', async () => {
  const [hers, his] = [await holdFor('Erin Held'), await holdFor('Frank Held')]
  await sql`update held_grants set sealed = (select sealed from held_grants where attempt_id = ${his.attempt})
    where attempt_id = ${hers.attempt}`.execute(db())
  before = behalf.crm.requests.length
  expect((await hers.page.click('Yes, this account is mine')).status).toBe(500)
  expect(reached()).toEqual([])
  const { body } = await hers.person.api('GET', '/me/connections')
  expect(body.data[0].connection).toBeNull()
  // What does not open cannot be given back either; his own is as it was.
  expect(await db().selectFrom('held_grants').select('attempt_id').execute()).toEqual([{ attempt_id: his.attempt }])
  expect((await his.page.click('Yes, this account is mine')).text()).toContain('is connected')
  await his.person.api('DELETE', `/connections/${await childOf(his.person)}`)
})

test('row-swap: a revocation with the tokens of another grant revokes nothing', async () => {
  behalf.crm.failNextRevocation(2, 503)
  const hers = await childOf(alice)
  await alice.api('POST', `/connections/${hers}/disconnect`)
  const { id } = await db()
    .selectFrom('revocations')
    .select('id')
    .where('status', '=', 'pending')
    .executeTakeFirstOrThrow()
  await sql`update revocations set next_at = now(), sealed = (select sealed from grants where connection_id = ${await childOf(bob)})
    where id = ${id}`.execute(db())
  const alive = behalf.crm.liveGrantsOf('bob')
  behalf.crm.failNextRevocation(0, 503)
  await attemptRevocations(behalf.ctx, id)
  // The server's own round may have come first, and be at it still.
  const row = await until(async () => {
    const revocation = db().selectFrom('revocations').selectAll().where('id', '=', id).where('status', '<>', 'pending')
    return revocation.executeTakeFirst()
  })
  expect(row).toMatchObject({ status: 'failed', sealed: null })
  expect(behalf.crm.liveGrantsOf('bob')).toBe(alive)
})

test('row-swap: a job with the input of another ends without sending anything, and is not taken up again', async () => {
  await disconnect(alice)
  const [first, second] = [await waitingJob(alice, 'First input'), await waitingJob(alice, 'Second input')]
  await sql`update jobs set sealed_input = (select sealed_input from jobs where id = ${first}) where id = ${second}`.execute(
    db(),
  )
  const { body } = await alice.api('POST', `/me/connections/${parent}/connect`)
  before = behalf.crm.requests.length
  await connectAt(alice, body.data.url, 'Alice Ng')
  await jobIn(alice, first, 'succeeded')
  const ended = await until(async () =>
    db()
      .selectFrom('jobs')
      .selectAll()
      .where('id', '=', second)
      .where('finished_at', 'is not', null)
      .executeTakeFirst(),
  )
  expect(ended).toMatchObject({ status: 'failed', error_code: 'bug', holder: null })
  expect(behalf.crm.opportunities().filter(({ name }) => name.endsWith('input'))).toHaveLength(1)
})

test('row-swap: a step’s output and a chat line of Alice do not open in Bob’s place', async () => {
  const hers = await startJob(alice, recipe, { name: 'Output of Alice' })
  const his = await startJob(bob, recipe, { name: 'Output of Bob' })
  await Promise.all([jobIn(alice, hers, 'succeeded'), jobIn(bob, his, 'succeeded')])
  await sql`update job_steps set sealed_output = (select sealed_output from job_steps where job_id = ${hers} and step = 'first')
    where job_id = ${his} and step = 'first'`.execute(db())
  const job = await bob.api('GET', `/jobs/${his}`)
  const closed = { kind: 'private', label: '[cannot be opened any more]' }
  expect(job).toMatchObject({ status: 200, body: { data: { status: 'succeeded', result: closed } } })
  expect(job.body.data.steps[0].output).toMatchObject(closed)
  expect((await bob.api('GET', '/me/jobs')).body.data).toContainEqual(expect.objectContaining({ id: his }))

  await alice.say('one Said by Alice')
  await bob.say('help')
  await bob.say('connections')
  await sql`update chat_messages set sealed_body = (select sealed_body from chat_messages where person_id = ${alice.person.id} order by seq limit 1)
    where id = (select id from chat_messages where person_id = ${bob.person.id} order by seq desc limit 1)`.execute(
    db(),
  )
  const lines = await bob.api('GET', '/chat/messages')
  expect(lines.status).toBe(200)
  const texts: string[] = lines.body.data.map(({ text }: { text: string }) => text)
  expect(texts.at(-1)).toContain('This line cannot be opened')
  expect(texts).toContain('connections')
  expect(behalf.log.map((line) => JSON.parse(line).msg)).toEqual(
    expect.arrayContaining(['the data of a job does not open', 'a line of chat does not open']),
  )
  expect(JSON.stringify([job, lines])).not.toContain('Alice')
})

test('row-swap: whatever is sealed opens in its own place and in no other', async () => {
  const places = [...(await sealedOfJobs()), ...(await sealedOfConnections())]
  expect(new Set(places.map(({ kind }) => kind)).size).toBe(13)
  for (const mine of places)
    for (const other of places) {
      const opened = other.openHere(mine.sealed, mine.dataKeyId)
      if (mine === other) await expect(opened, mine.kind).resolves.toBeDefined()
      else await expect(opened, `${mine.kind} as ${other.kind}`).rejects.toThrow(Bug)
    }
})

interface Sealed {
  kind: string
  sealed: Buffer
  dataKeyId?: string
  /** Opens bytes as if they stood in this place, with the data key they were sealed under. */
  openHere(sealed: Buffer, dataKeyId?: string): Promise<unknown>
}

/** Two of every kind of secret that has a key of its own. */
async function sealedOfConnections(): Promise<Sealed[]> {
  await behalf.addCrmParent('Another')
  behalf.crm.failNextRevocation(50, 503)
  for (const person of [alice, bob]) await disconnect(person)
  for (const name of ['Gina Held', 'Hugo Held']) await holdFor(name)
  const two = async (table: SealedPlace['table'], key: string, column: string) => {
    const { rows } = await sql<{
      id: string
      sealed: Buffer
    }>`select ${sql.ref(key)} as id, ${sql.ref(column)} as sealed
      from ${sql.table(table)} where ${sql.ref(column)} is not null order by 1 limit 2`.execute(db())
    return rows.map(
      ({ id, sealed }): Sealed => ({
        kind: `${table}.${column}`,
        sealed,
        openHere: async (bytes) => open(behalf.ctx.keys, { table, id, column }, bytes),
      }),
    )
  }
  return [
    ...(await two('held_grants', 'attempt_id', 'sealed')),
    ...(await two('grants', 'connection_id', 'sealed')),
    ...(await two('connections', 'id', 'sealed_client')),
    ...(await two('connect_attempts', 'id', 'sealed_verifier')),
    ...(await two('revocations', 'id', 'sealed')),
  ]
}

/** Two of every kind of job data, sealed under the day's key. */
async function sealedOfJobs(): Promise<Sealed[]> {
  const { dataKeys } = behalf.ctx
  for (const person of [alice, bob]) {
    await connect(person)
    await jobIn(person, await startJob(person, recipe, { name: 'Sealed' }), 'succeeded')
    await disconnect(person)
    await person.api('POST', `/jobs/${await waitingJob(person, 'Cancelled')}/cancel`)
    await connect(person)
  }
  await alice.say('help')
  const at = (kind: string, place: string, sealed: Buffer | null, key: string): Sealed[] =>
    sealed === null
      ? []
      : [
          {
            kind,
            sealed,
            dataKeyId: key,
            openHere: async (bytes, dataKeyId = key) => (await dataKeys.load(dataKeyId)).open(place, bytes),
          },
        ]
  const jobs = await db()
    .selectFrom('jobs')
    .selectAll()
    .where('status', '=', 'succeeded')
    .orderBy('id', 'desc')
    .limit(2)
    .execute()
  const failed = await db()
    .selectFrom('jobs')
    .selectAll()
    .where('sealed_error', 'is not', null)
    .orderBy('id', 'desc')
    .limit(2)
    .execute()
  const steps = await db()
    .selectFrom('job_steps')
    .innerJoin('jobs', 'jobs.id', 'job_steps.job_id')
    .selectAll('job_steps')
    .select('jobs.data_key_id')
    .where(
      'job_id',
      'in',
      jobs.map(({ id }) => id as JobId),
    )
    .where('action', 'is not', null)
    .execute()
  const lines = await db()
    .selectFrom('chat_messages')
    .selectAll()
    .where('person_id', '=', alice.person.id)
    .limit(2)
    .execute()
  return [
    ...jobs.flatMap((job) => at('jobs.input', jobPlace(job.id, 'input'), job.sealed_input, job.data_key_id)),
    ...jobs.flatMap((job) => at('jobs.result', jobPlace(job.id, 'result'), job.sealed_result, job.data_key_id)),
    ...jobs.flatMap((job) => at('jobs.address', jobPlace(job.id, 'address'), job.sealed_address, job.data_key_id)),
    ...failed.flatMap((job) => at('jobs.error', jobPlace(job.id, 'error'), job.sealed_error, job.data_key_id)),
    ...steps.flatMap((step) =>
      at('steps.input', stepPlace(step.job_id, step.step, 'input'), step.sealed_input, step.data_key_id),
    ),
    ...steps.flatMap((step) =>
      at('steps.output', stepPlace(step.job_id, step.step, 'output'), step.sealed_output, step.data_key_id),
    ),
    ...lines.flatMap((line) => at('chat', `chat_messages/${line.id}/body`, line.sealed_body, line.data_key_id)),
    ...(await sealedMessage(at)),
  ]
}

/** Delivered messages are erased: one is sealed here as they are. */
async function sealedMessage(at: (kind: string, place: string, sealed: Buffer | null, key: string) => Sealed[]) {
  const key = await behalf.ctx.dataKeys.take(alice.person.workspaceId, new Date())
  return at('outbox', outboxPlace('out_1', 'body'), key.seal(outboxPlace('out_1', 'body'), 'a message'), key.id)
}

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { useConnection as takeConnection } from '../../src/connections/use-connection.ts'
import type { TestBehalf, TestPerson } from '../support/behalf.ts'
import { startThingsStage, type ThingsStage } from '../support/things-stage.ts'
import { until } from '../support/until.ts'

/** Longer than an access token lives, by the clock here. */
const A_WHILE = 310_000

let stage: ThingsStage
let alice: TestPerson
beforeAll(async () => {
  stage = await startThingsStage()
  alice = await stage.addPerson('Alice Ng')
  await stage.run(alice, 'First')
  await stage.connect(alice, 'alice')
  await until(() => stage.server.things.length === 1)
})
afterAll(() => stage.stop())
afterEach(() => stage.server.setDelayMs(0))

const refreshes = () => stage.server.tokenRequests.refresh_token ?? 0
const failures = () => stage.server.tokenRequests.failed ?? 0
const parentStatus = async () => (await stage.owner.api('GET', `/connections/${stage.parent}`)).body.data

describe('an application that is down is not a person who must connect', () => {
  test('a moment’s trouble is waited out', async () => {
    const before = [refreshes(), failures()]
    stage.advance(A_WHILE)
    stage.server.failNext('token', 2, 503)
    expect(await stage.run(alice, 'Waited out')).toMatchObject({ status: 'succeeded' })
    expect([refreshes() - before[0]!, failures() - before[1]!]).toEqual([1, 2])
  })

  test.each([503, 500, 429])(
    'lasting trouble (%i) fails the job, and the connection stays connected',
    async (status) => {
      const asked = await stage.prompts(alice)
      stage.advance(A_WHILE)
      stage.server.failNext('token', 3, status)
      expect(await stage.run(alice, 'Failed')).toMatchObject({ status: 'failed', code: 'outside_unavailable' })
      expect(await stage.childOf(alice)).toMatchObject({ status: 'connected' })
      expect(await stage.prompts(alice)).toBe(asked)
      expect(await stage.run(alice, 'Afterwards')).toMatchObject({ status: 'succeeded' })
    },
  )
})

test('a short outage while a refused token is renewed fails no create, and nothing is done twice', async () => {
  stage.server.expireAccessTokens()
  stage.server.failNext('token', 2, 503)
  expect(await stage.run(alice, 'Renewed in mid-step')).toMatchObject({ status: 'succeeded' })
  const put = stage.server.things.filter(({ thing }) => (thing as { name: string }).name === 'Renewed in mid-step')
  expect(put).toHaveLength(1)
})

test('a refused OAuth client is the parent’s fault, and nobody is asked to connect', async () => {
  const asked = await stage.prompts(alice)
  const change = (client_secret: string) => stage.owner.api('PATCH', `/connections/${stage.parent}`, { client_secret })
  expect((await change('not-the-secret')).status).toBe(204)
  stage.advance(A_WHILE)
  expect(await stage.run(alice, 'Refused')).toMatchObject({ status: 'failed', code: 'parent_client_refused' })
  expect(await parentStatus()).toMatchObject({
    authorization_status: 'exception',
    connection_lost_reason: expect.stringContaining('OAuth client'),
  })
  expect(await stage.childOf(alice)).toMatchObject({ status: 'connected' })

  expect((await change(stage.server.client.client_secret)).status).toBe(204)
  expect(await parentStatus()).toMatchObject({ authorization_status: null, connection_lost_reason: null })
  expect(await stage.run(alice, 'Mended')).toMatchObject({ status: 'succeeded' })
  expect(await stage.prompts(alice)).toBe(asked)
})

/** Uses the connection as a step of a recipe does, without a job. */
async function put({ ctx }: Pick<TestBehalf, 'ctx'>, name: string): Promise<number> {
  const used = await takeConnection(ctx, { parentId: stage.parent, personId: alice.person.id, recipe: null })
  if (used.kind !== 'ready') throw new Error(`it cannot be used: ${JSON.stringify(used)}`)
  return (await used.connection.request({ method: 'POST', url: '/things', json: { name } })).status
}

describe('P13: one request renews an access for all who need it', () => {
  const fifty = Array.from({ length: 50 }, (_, index) => `At once ${index}`)

  test('fifty at once, of a token that is due', async () => {
    const before = refreshes()
    stage.advance(A_WHILE)
    stage.server.setDelayMs(50)
    await Promise.all(fifty.map((name) => put(stage, name)))
    expect(refreshes()).toBe(before + 1)
  })

  test('fifty at once, of a token that the application refuses', async () => {
    const before = refreshes()
    stage.server.expireAccessTokens()
    stage.server.setDelayMs(50)
    await Promise.all(fifty.map((name) => put(stage, name)))
    expect(refreshes()).toBe(before + 1)
  })

  test('fifty at once on two machines', async () => {
    const other = await stage.startAnother()
    try {
      for (const stale of [() => stage.advance(A_WHILE), () => stage.server.expireAccessTokens()]) {
        const before = refreshes()
        stale()
        stage.server.setDelayMs(50)
        await Promise.all(fifty.map((name, index) => put(index % 2 === 0 ? stage : other, name)))
        expect(refreshes()).toBe(before + 1)
      }
    } finally {
      await other.stop()
    }
  })

  test('and nothing of it was lost', async () => {
    expect(await stage.childOf(alice)).toMatchObject({ status: 'connected' })
    expect(stage.server.things.filter(({ thing }) => /^At once/.test((thing as { name: string }).name))).toHaveLength(
      200,
    )
    expect(stage.server.liveGrantsOf('alice')).toBe(1)
  })
})

test('what comes back after the person disconnected is not stored, and is revoked', async () => {
  const { id } = await stage.childOf(alice)
  const before = refreshes()
  stage.advance(A_WHILE)
  stage.server.setDelayMs(400)
  const used = takeConnection(stage.ctx, { parentId: stage.parent, personId: alice.person.id, recipe: null })
  await until(async () => (await leaseOf(id))?.lease_holder)
  expect((await alice.api('POST', `/connections/${id}/disconnect`)).status).toBe(204)
  expect(await used).toEqual({ kind: 'connect', reason: expect.any(String) })
  // It was granted: only then is there anything to be revoked.
  expect(refreshes()).toBe(before + 1)
  expect(await leaseOf(id)).toBeUndefined()
  await until(async () => (await revocationsOf(id)).every((status) => status === 'revoked'))
  expect(await revocationsOf(id)).toHaveLength(2)
  expect(stage.server.liveGrantsOf('alice')).toBe(0)
  expect(await stage.childOf(alice)).toMatchObject({ status: 'disconnected' })
})

const leaseOf = (id: string) =>
  stage.database.db
    .selectFrom('grants')
    .select('lease_holder')
    .where('connection_id', '=', id as `con_${string}`)
    .executeTakeFirst()

async function revocationsOf(id: string): Promise<string[]> {
  const rows = await stage.database.db
    .selectFrom('revocations')
    .select('status')
    .where('connection_id', '=', id as `con_${string}`)
    .execute()
  return rows.map(({ status }) => status)
}

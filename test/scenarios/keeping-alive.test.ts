import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { keepAlive } from '../../src/connections/keep-alive.ts'
import { askAboutLosses } from '../../src/jobs/ask-about-losses.ts'
import { ACCOUNT_COOKIE } from '../support/authorization-server.ts'
import { type Granted, type RefreshStage, startRefreshStage } from '../support/refresh-stage.ts'
import { until } from '../support/until.ts'

const DAY_MS = 86_400_000
const LIMIT_DAYS = 10

let stage: RefreshStage
let people: Granted[]
beforeAll(async () => {
  stage = await startRefreshStage({ settings: { idle_limit_seconds: LIMIT_DAYS * 86_400 } })
  const { body } = await stage.owner.api('POST', `/connections/${stage.parent}/connect`)
  stage.owner.browser.jar.set(stage.server.url, ACCOUNT_COOKIE, 'builder')
  await stage.owner.browser.open(body.data.url)
  people = await Promise.all(Array.from({ length: 12 }, (_, index) => stage.grantTo(`P${index} Ng`)))
})
afterAll(() => stage?.stop())
beforeEach(() => stage.server.setDelayMs(0))

const refreshes = (granted: Granted[] = people) =>
  granted.map(({ account }) => stage.server.refreshes.filter((refresh) => refresh.account === account).length)
const daysAhead = async (granted: Granted) =>
  (((await stage.row(granted)).keep_alive_at?.getTime() ?? 0) - stage.ctx.clock().getTime()) / DAY_MS
/** What was said in their chat, by the database: sessions end while so many days go by. */
const linesTo = async ({ whose }: Granted) => {
  const lines = stage.database.db.selectFrom('chat_messages').select('id').where('person_id', '=', whose.personId)
  return (await lines.execute()).length
}
/** What follows is about this one alone. */
const leaveOthersAlone = ({ connectionId }: Granted) =>
  stage.database.db
    .updateTable('grants')
    .set({ keep_alive_at: null })
    .where('connection_id', '!=', connectionId)
    .execute()

test('whom a job has asked is not asked again, not even after they said no', async () => {
  const alice = await stage.grantTo('Declined Ng')
  stage.server.revokeGrantsOf(alice.account)
  expect(await stage.run(alice.person, 'Declined')).toMatchObject({ status: 'waiting_for_connection' })
  const page = await alice.person.browser.open(await alice.person.prompt(0))
  await page.click('Not now')
  stage.advance(31_000)
  await askAboutLosses(stage.ctx)
  expect((await stage.row(alice)).must_ask_at).toBeNull()
  const requests = stage.database.db.selectFrom('connect_requests').select('status')
  expect(await requests.where('person_id', '=', alice.whose.personId).execute()).toEqual([{ status: 'declined' }])
})

test('many machines keep them alive with one refresh each', async () => {
  const processes = await Promise.all([1, 2].map(() => stage.startProcess({ backgroundEveryMs: 20 })))
  const { db } = stage.database
  await db
    .updateTable('grants')
    .set({ keep_alive_at: new Date(0) })
    .execute()
  await until(() => refreshes().every((count) => count > 0))
  await until(
    async () =>
      (await db.selectFrom('grants').select('lease_holder').where('lease_holder', 'is not', null).execute()).length ===
      0,
  )
  expect(refreshes()).toEqual(people.map(() => 1))
  for (const each of processes) each.signal('SIGKILL')
})

test('P3: a grant that nobody uses is refreshed ahead of its idle limit, each at its own time', async () => {
  const before = refreshes()
  const due = await Promise.all(people.map(daysAhead))
  for (const days of due) expect(days).toSatisfy((d: number) => d > 5.9 && d <= 8)
  expect(new Set(due.map((days) => days.toFixed(2))).size).toBeGreaterThan(6)
  stage.advance(5.9 * DAY_MS)
  expect(await keepAlive(stage.ctx)).toBe(0)
  stage.advance(2.2 * DAY_MS)
  await Promise.all([keepAlive(stage.ctx), keepAlive(stage.ctx)])
  await until(() => refreshes().every((count, index) => count === before[index]! + 1))
  for (const each of people) expect(await daysAhead(each)).toBeGreaterThan(5.9)
  expect(await keepAlive(stage.ctx)).toBe(0)
  expect(await stage.use(people[0]!)).toBe('done')
})

test('the parent’s own grant is kept alive as well', async () => {
  const parent = { connectionId: stage.parent } as Granted
  const { version } = await stage.row(parent)
  stage.advance(8.1 * DAY_MS)
  await keepAlive(stage.ctx)
  await until(async () => (await stage.row(parent)).version !== version)
  expect(await stage.row(parent)).toMatchObject({ status: 'success' })
})

test('an application that is down is tried again after growing pauses, at its own wish later, and nobody is asked', async () => {
  const alice = await stage.grantTo('Growing Ng')
  await leaveOthersAlone(alice)
  const tries: number[] = []
  for (const wish of ['', '', '', '', '900']) {
    stage.advance(((await daysAhead(alice)) + 0.0001) * DAY_MS)
    stage.server.failNext('token', 1, 503, wish === '' ? {} : { 'retry-after': wish })
    await until(async () => {
      await keepAlive(stage.ctx)
      return (await stage.row(alice)).keep_alive_attempts === tries.length + 1
    })
    tries.push((await daysAhead(alice)) * 86_400)
  }
  // The lease here is 1.5 seconds; each pause is about twice the one before.
  for (const [index, seconds] of tries.slice(0, 4).entries()) {
    expect(seconds).toBeGreaterThan(1.5 * 2 ** index * 0.6)
    expect(seconds).toBeLessThan(1.5 * 2 ** index * 1.3)
  }
  expect(tries[4]).toBeGreaterThan(890)
  stage.advance(901_000)
  await keepAlive(stage.ctx)
  expect(await stage.row(alice)).toMatchObject({ status: 'connected', keep_alive_attempts: 0 })
  expect(await linesTo(alice)).toBe(0)
})

test('a grant that was refused while nobody used it is lost, and its person is asked once', async () => {
  const alice = await stage.grantTo('Refused Ng')
  stage.server.revokeGrantsOf(alice.account)
  stage.advance(8.1 * DAY_MS)
  await keepAlive(stage.ctx)
  expect(await stage.row(alice)).toMatchObject({ status: 'lost', version: null })
  stage.advance(31_000)
  await Promise.all([askAboutLosses(stage.ctx), askAboutLosses(stage.ctx)])
  await until(async () => (await linesTo(alice)) === 1)
  stage.advance(DAY_MS / 2)
  await askAboutLosses(stage.ctx)
  expect(await linesTo(alice)).toBe(1)
  expect((await stage.row(alice)).must_ask_at).toBeNull()
})

test('what cannot be used any more is left alone', async () => {
  const [alice, bob] = [await stage.grantTo('Changed Ng'), await stage.grantTo('Orphaned Ng')]
  const { db } = stage.database
  await db.updateTable('connections').set({ granted_client_version: 0 }).where('id', '=', alice.connectionId).execute()
  await db.updateTable('connections').set({ status: 'orphaned' }).where('id', '=', bob.connectionId).execute()
  stage.advance(8.1 * DAY_MS)
  await keepAlive(stage.ctx)
  await until(async () => (await stage.row(alice)).keep_alive_at === null)
  await until(async () => (await stage.row(bob)).keep_alive_at === null)
  expect(refreshes([alice, bob])).toEqual([0, 0])
})

test('a million grants that are not due cost nothing: the due ones are found by an index', async () => {
  const { pool } = stage.database
  await pool.query('analyze grants')
  const client = await pool.connect()
  try {
    await client.query('begin')
    await client.query('set local enable_seqscan = off')
    const { rows } = await client.query(
      `explain select connection_id from grants where keep_alive_at <= now() order by keep_alive_at limit 10 for update skip locked`,
    )
    expect(JSON.stringify(rows)).toContain('grants_keep_alive')
  } finally {
    await client.query('rollback')
    client.release()
  }
})

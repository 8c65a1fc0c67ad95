import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keepAlive } from '../../src/connections/keep-alive.ts'
import { OutsideError } from '../../src/core/errors.ts'
import { askAboutLosses } from '../../src/jobs/ask-about-losses.ts'
import { holdAnswer } from '../support/hold-answer.ts'
import { type Granted, type RefreshStage, startRefreshStage } from '../support/refresh-stage.ts'
import { until } from '../support/until.ts'

let strict: RefreshStage
let grace: RefreshStage
beforeAll(async () => {
  strict = await startRefreshStage()
  grace = await startRefreshStage({ server: { graceSeconds: 60 } })
})
afterAll(() => Promise.all([strict?.stop(), grace?.stop()]))

const refreshesOf = (stage: RefreshStage, { account }: Granted) =>
  stage.server.refreshes.filter((refresh) => refresh.account === account).length
const isToken = ({ url }: { url: URL }) => url.pathname === '/token'
const asksOf = async ({ person }: Granted) => (await person.chat()).filter(({ kind }) => kind === 'ask').length
/** Time passes until whoever holds a lease has lost it. */
const leaseLapses = (stage: RefreshStage, granted: Granted) =>
  until(async () => ((await stage.row(granted)).lease_until ?? 0) < new Date())

describe.each(['there', 'here'] as const)('a token that is over %s', (how) => {
  test(`refresh-storm: four hundred uses on four machines send one refresh (${how})`, async () => {
    const alice = await strict.grantTo(`Storm${how} Ng`)
    const another = await strict.startAnother()
    const processes = [await strict.startProcess(), await strict.startProcess()]
    try {
      await strict.stale(alice, how)
      strict.server.setDelayMs(400)
      const here = [strict, another].flatMap((server) => Array.from({ length: 100 }, () => strict.use(alice, server)))
      const there = processes.map((each) => each.use(alice.whose, { times: 100, atOnce: 100 }))
      expect(new Set(await Promise.all(here))).toEqual(new Set(['done']))
      expect(await Promise.all(there)).toEqual([{ done: 100 }, { done: 100 }])
      expect(refreshesOf(strict, alice)).toBe(1)
    } finally {
      strict.server.setDelayMs(0)
      await another.stop()
    }
  })
})

describe('refresh-lost-response', () => {
  test('a provider with grace takes the old refresh token again, and nobody is asked', async () => {
    const alice = await grace.grantTo('Lost Ng')
    await grace.stale(alice)
    grace.server.dropNextResponse('token')
    expect(await grace.use(alice)).toBe('done')
    expect(refreshesOf(grace, alice)).toBe(2)
    expect(await grace.row(alice)).toMatchObject({ status: 'connected', keep_alive_at: null, keep_alive_attempts: 0 })
  })

  test('it is had again by itself, though nobody uses it any more', async () => {
    const alice = await grace.grantTo('Unused Ng')
    await grace.stale(alice, 'here')
    const { version } = await grace.row(alice)
    grace.server.dropNextResponse('token')
    expect(await grace.use(alice)).toBe('outside_unreachable')
    expect(await grace.row(alice)).toMatchObject({ version, keep_alive_attempts: 1 })
    grace.advance(5_000)
    await until(async () => (await grace.row(alice)).version !== version)
    expect(await grace.row(alice)).toMatchObject({ status: 'connected', keep_alive_at: null, keep_alive_attempts: 0 })
  })

  test('where there is no grace the person is asked, with the reason, once', async () => {
    const alice = await strict.grantTo('Strict Ng')
    await strict.stale(alice, 'here')
    strict.server.dropNextResponse('token')
    expect(await strict.use(alice)).toBe('outside_unreachable')
    expect(await strict.use(alice)).toBe('expired')
    const reason = 'The application refused to renew the access (invalid_grant).'
    expect(await strict.row(alice)).toMatchObject({ status: 'lost', status_reason: reason, version: null })
    expect(await asksOf(alice)).toBe(0)
    strict.advance(31_000)
    await until(async () => (await asksOf(alice)) === 1)
    strict.advance(120_000)
    await Promise.all([askAboutLosses(strict.ctx), askAboutLosses(strict.ctx)])
    expect(await asksOf(alice)).toBe(1)
    expect((await strict.row(alice)).must_ask_at).toBeNull()
  })
})

describe('refresh-crash-between-response-and-save', () => {
  test('with grace the next one refreshes again, by itself, and nothing is lost', async () => {
    const alice = await grace.grantTo('Crash Ng')
    await grace.stale(alice)
    const doomed = await grace.startProcess({ diesOfAnswer: true })
    expect(await doomed.use(alice.whose)).toEqual({ died: 1 })
    expect(refreshesOf(grace, alice)).toBe(1)
    await until(async () => (await grace.row(alice)).lease_holder === null)
    expect(refreshesOf(grace, alice)).toBe(2)
    expect(await grace.use(alice)).toBe('done')
  })

  test('without grace the loss is found though nobody uses it, and the person is asked', async () => {
    const alice = await strict.grantTo('Cut Ng')
    await strict.stale(alice)
    const doomed = await strict.startProcess({ diesOfAnswer: true })
    expect(await doomed.use(alice.whose)).toEqual({ died: 1 })
    await until(async () => (await strict.row(alice)).status === 'lost')
    strict.advance(31_000)
    await until(async () => (await asksOf(alice)) === 1)
  })

  test('a database that is away at that moment is waited for', async () => {
    const alice = await strict.grantTo('Away Ng')
    await strict.stale(alice)
    const answer = holdAnswer(strict.ctx, isToken)
    const used = strict.use(alice)
    await answer.arrived
    const lock = await strict.database.pool.connect()
    try {
      await lock.query('begin')
      await lock.query('select from grants where connection_id = $1 for update', [alice.connectionId])
      answer.release()
      await until(async () => {
        const cut = `select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock' and query like 'update "grants"%'`
        return (await strict.database.pool.query(cut)).rowCount
      })
    } finally {
      await lock.query('rollback')
      lock.release()
    }
    expect(await used).toBe('done')
    expect(refreshesOf(strict, alice)).toBe(1)
  })
})

test('refresh-late-holder-still-saves: whoever holds the lease by then', async () => {
  const alice = await strict.grantTo('Late Ng')
  const another = await strict.startAnother()
  try {
    await strict.stale(alice)
    const { version } = await strict.row(alice)
    const late = holdAnswer(strict.ctx, isToken)
    const first = strict.use(alice)
    await late.arrived
    await leaseLapses(strict, alice)
    // The other machine has taken the lease, and its request is on its way when the answer to the first one is stored.
    const { egress } = another.ctx
    const under = Promise.withResolvers<void>()
    another.ctx.egress = async (request) => {
      if (!isToken(request)) return egress(request)
      under.resolve()
      await until(async () => (await strict.row(alice)).version !== version, 5_000)
      throw new OutsideError('outside_unreachable', 'It does not get there.', { retryable: true })
    }
    const second = strict.use(alice, another)
    await under.promise
    late.release()
    expect(await first).toBe('done')
    expect(await second).toBe('done')
    expect(refreshesOf(strict, alice)).toBe(1)
  } finally {
    await another.stop()
  }
})

test('refresh-late-holder-still-saves: but one who was held up before sending sends nothing', async () => {
  const alice = await strict.grantTo('Held Ng')
  const another = await strict.startAnother()
  try {
    await strict.stale(alice)
    const { keys } = another.ctx
    let isHeldUp = false
    another.ctx.keys = Object.assign(Object.create(Object.getPrototypeOf(keys)), keys, {
      async unwrap(...args: Parameters<typeof keys.unwrap>) {
        const { lease_holder } = await strict.row(alice)
        if (lease_holder && !isHeldUp) {
          isHeldUp = true
          await leaseLapses(strict, alice)
          expect(await strict.use(alice)).toBe('done')
        }
        return keys.unwrap(...args)
      },
    })
    expect(await strict.use(alice, another)).toBe('done')
    expect(isHeldUp).toBe(true)
    expect(refreshesOf(strict, alice)).toBe(1)
  } finally {
    await another.stop()
  }
})

test('lease-holder-dies: another machine waits until its lease has lapsed, and refreshes', async () => {
  const alice = await strict.grantTo('Dies Ng')
  await strict.stale(alice)
  const holder = await strict.startProcess()
  strict.server.setDelayMs(400)
  strict.server.failNext('token', 1, 503)
  const dying = holder.use(alice.whose)
  const lease_until = await until(async () => (await strict.row(alice)).lease_until)
  holder.signal('SIGKILL')
  expect(await dying).toEqual({ died: 1 })
  expect(await strict.use(alice)).toBe('done')
  strict.server.setDelayMs(0)
  expect(Date.now()).toBeGreaterThan(lease_until.getTime())
  expect(refreshesOf(strict, alice)).toBe(1)
  expect(await keepAlive(strict.ctx)).toBe(0)
})

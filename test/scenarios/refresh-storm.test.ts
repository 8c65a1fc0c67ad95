import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RefreshStage, startRefreshStage } from '../support/refresh-stage.ts'

const PROCESSES = 4
const USES = 10_000
const SENDING = 25

let stage: RefreshStage
beforeAll(async () => {
  // As long as in earnest: on a busy machine a lease must outlast the request all the same.
  stage = await startRefreshStage({ tokenTimeoutMs: 20_000 })
})
afterAll(() => stage?.stop())

test('P13: 10,000 uses of one expired token in 4 processes make exactly one refresh request', async () => {
  const alice = await stage.grantTo('Alice Ng')
  const processes = await Promise.all(
    Array.from({ length: PROCESSES }, (_, index) => stage.startProcess({ name: `process ${index}` })),
  )
  await stage.stale(alice, 'here')
  stage.server.expireAccessTokens()
  stage.server.setDelayMs(100)
  // A few of them send something as well, which an application in the same process as this test could not answer ten thousand times.
  const times = USES / PROCESSES - SENDING
  const storm = processes.flatMap((each) => [
    each.use(alice.whose, { times, atOnce: 100, requests: 0 }),
    each.use(alice.whose, { times: SENDING, atOnce: SENDING }),
  ])
  expect(await Promise.all(storm)).toEqual(processes.flatMap(() => [{ done: times }, { done: SENDING }]))
  expect(stage.server.tokenRequests).toEqual({ refresh_token: 1 })
  expect(stage.server.liveGrantsOf(alice.account)).toBe(1)
}, 150_000)

import { afterAll, beforeAll, expect, test } from 'vitest'
import { deliverOutbox } from '../../src/jobs/deliver-outbox.ts'
import { tellPerson } from '../../src/jobs/tell-person.ts'
import { surface as portal } from '../../src/surfaces/portal/index.ts'
import { startTestBehalf, type TestBehalf } from '../support/behalf.ts'
import { until } from '../support/until.ts'

let behalf: TestBehalf
let aheadMs = 0
const delivered: string[] = []
const { promise: answered, resolve: answer } = Promise.withResolvers<void>()

/** The portal, which takes its time for what says `First`. */
const slowPortal: typeof portal = {
  ...portal,
  make(ctx) {
    const real = portal.make(ctx)
    return {
      ...real,
      async deliver(delivery) {
        const { text } = delivery.outgoing.message
        delivered.push(text)
        if (text === 'First') await answered
        await real.deliver(delivery)
      },
    }
  },
  routes: () => [],
}

beforeAll(async () => {
  // Nothing is delivered here but by the test.
  behalf = await startTestBehalf({
    surfaces: [slowPortal],
    environment: { BEHALF_ROLE: 'web' },
    clock: () => new Date(Date.now() + aheadMs),
  })
})
afterAll(() => behalf.stop())

test('what waits behind a slow message for longer than it was claimed is delivered by whoever claims it next, and by nobody else', async () => {
  const { db } = behalf.database
  const { person } = behalf.owner
  for (const text of ['First', 'Second'])
    await db.transaction().execute((tx) => tellPerson(behalf.ctx, tx, { person, jobId: null, text }))
  const slow = deliverOutbox(behalf.ctx)
  await until(() => delivered.length === 1)
  const last = await db.selectFrom('outbox').select('id').orderBy('id', 'desc').executeTakeFirstOrThrow()
  aheadMs = 31_000
  await db
    .updateTable('outbox')
    .set({ next_at: new Date(0) })
    .where('id', '=', last.id)
    .execute()
  await deliverOutbox(behalf.ctx)
  answer()
  await slow
  expect(delivered).toEqual(['First', 'Second'])
})

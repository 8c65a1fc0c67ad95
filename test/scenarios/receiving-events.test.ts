import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { receiveEvent } from '../../src/commands/surfaces/receive-event.ts'
import type { SurfaceApp } from '../../src/core/surface-app.ts'
import { startTestBehalf, type TestBehalf } from '../support/behalf.ts'
import { makeCourier } from '../support/courier.ts'
import { installCourier } from '../support/courier-stage.ts'
import { until } from '../support/until.ts'

const handled: string[] = []
let failures = 0
const courier = makeCourier({
  async handle({ body }) {
    const { text, takes = 0 } = body as { text: string; takes?: number }
    if (failures-- > 0) throw new Error('a fault')
    await delay(takes)
    handled.push(text)
  },
})

let behalf: TestBehalf
let app: SurfaceApp
beforeAll(async () => {
  behalf = await startTestBehalf({ surfaces: [courier.surface] })
  app = (await installCourier(behalf, { tenant: 'T1', label: 'Acme' })).app
})
afterAll(() => behalf.stop())
beforeEach(() => {
  handled.length = 0
  failures = 0
})

const receive = (text: string, { sender = 'alice', takes = 0, key = text } = {}): Promise<boolean> => {
  const event = { workspaceId: app.workspaceId, appId: app.id, deliveryKey: key, sender, later: true }
  return receiveEvent(behalf.ctx, { ...event, body: { text, takes } })
}

test('what one person says is handled in its order, and holds up nobody else', async () => {
  await receive('first', { takes: 400 })
  await receive('second')
  await receive('of somebody else', { sender: 'bob' })
  await until(() => handled.length === 3)
  expect(handled).toEqual(['of somebody else', 'first', 'second'])
})

test('what is delivered twice is written down once', async () => {
  expect(await receive('once', { key: 'the same' })).toBe(true)
  expect(await receive('twice', { key: 'the same' })).toBe(false)
  await until(() => handled.length === 1)
  expect(handled).toEqual(['once'])
})

test('what could not be handled is handled again, and then kept no longer', async () => {
  failures = 1
  await receive('at last')
  await until(() => handled.length === 1, 20_000)
  const rows = () => behalf.database.db.selectFrom('surface_events').select('sealed_body').execute()
  await until(async () => (await rows()).every(({ sealed_body }) => sealed_body === null))
})

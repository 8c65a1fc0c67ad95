import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { receiveEvent } from '../../src/commands/surfaces/receive-event.ts'
import type { SurfaceApp } from '../../src/core/surface-app.ts'
import { handleEvent } from '../../src/jobs/surface-events.ts'
import { startTestBehalf, type TestBehalf } from '../support/behalf.ts'
import { makeCourier } from '../support/courier.ts'
import { installCourier } from '../support/courier-stage.ts'
import { until } from '../support/until.ts'

const tried: string[] = []
const handled: string[] = []
const failing = new Set<string>()
const courier = makeCourier({
  async handle({ body }) {
    const { text, takes = 0 } = body as { text: string; takes?: number }
    tried.push(text)
    if (failing.has(text)) throw new Error('a fault')
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
  failing.clear()
})

const receive = (
  text: string,
  { sender = 'alice', takes = 0, key = text } = {},
  to: { ctx: TestBehalf['ctx']; app: SurfaceApp } = { ctx: behalf.ctx, app },
): Promise<boolean> => {
  const event = { workspaceId: to.app.workspaceId, appId: to.app.id, deliveryKey: key, sender, later: true }
  return receiveEvent(to.ctx, { ...event, body: { text, takes } })
}

test('what one person says is handled in its order, and holds up nobody else', async () => {
  await receive('first', { takes: 400 })
  await receive('second')
  await receive('of somebody else', { sender: 'bob' })
  await until(() => handled.length === 3)
  expect(handled).toEqual(['of somebody else', 'first', 'second'])
})

test('what came of the same person meanwhile is handled in one go, up to what fails', async () => {
  const web = await startTestBehalf({ surfaces: [courier.surface], environment: { BEHALF_ROLE: 'web' } })
  const installed = (await installCourier(web, { tenant: 'T1', label: 'Acme' })).app
  for (const text of ['one', 'two', 'three', 'four']) await receive(text, {}, { ctx: web.ctx, app: installed })
  await receive('of somebody else', { sender: 'bob' }, { ctx: web.ctx, app: installed })
  const rows = await web.database.db.selectFrom('surface_events').select(['id', 'delivery_key']).execute()
  const handle = (text: string) =>
    handleEvent(web.ctx, rows.find(({ delivery_key }) => delivery_key === text)?.id as string)
  const bells = async () =>
    (await web.database.pool.query('select key from graphile_worker.jobs where key is not null')).rowCount

  failing.add('three')
  await handle('one')
  expect(handled).toEqual(['one', 'two'])
  expect(await bells()).toBe(4)

  failing.clear()
  await handle('three')
  expect(handled).toEqual(['one', 'two', 'three', 'four'])
  expect(await bells()).toBe(3)
  await web.stop()
})

test('what is delivered twice is written down once', async () => {
  expect(await receive('once', { key: 'the same' })).toBe(true)
  expect(await receive('twice', { key: 'the same' })).toBe(false)
  await until(() => handled.length === 1)
  expect(handled).toEqual(['once'])
})

test('what could not be handled is handled again, and then kept no longer', async () => {
  failing.add('at last')
  await receive('at last')
  await until(() => tried.includes('at last'))
  failing.clear()
  await until(() => handled.length === 1, 20_000)
  const rows = () => behalf.database.db.selectFrom('surface_events').select('sealed_body').execute()
  await until(async () => (await rows()).every(({ sealed_body }) => sealed_body === null))
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectAt } from '../support/behalf.ts'
import { type Stage, startStage } from '../support/stage.ts'
import { consentAt, post, pressConnect } from '../support/trip.ts'

let stage: Stage
let cutOffAtTheNextStep = false
beforeAll(async () => {
  stage = await startStage({
    checkpoint(label) {
      if (label !== 'step begun' || !cutOffAtTheNextStep) return
      cutOffAtTheNextStep = false
      void stage.crm.revokeGrantsOf('alice')
    },
  })
})
afterAll(() => stage.stop())

const connect = () => ({ do: 'connect', connection: stage.parent })
const spent = () => stage.audit('connect.link_spent')

/** Presses Connect on a link that is no good any more. */
async function expectNothingBegins(link: string): Promise<void> {
  const [attempts, links] = [await stage.attempts(), (await spent()).length]
  const answer = await post(stage.alice.browser, link, connect())
  expect(answer.status).toBe(303)
  expect(new URL(answer.headers.get('location') ?? '', link).origin).toBe(stage.url.origin)
  expect(await stage.attempts()).toBe(attempts)
  expect((await spent()).length).toBe(links)
}

test('replayed-link: a link that was spent begins nothing, for its person, and for whoever got hold of it', async () => {
  const link = await stage.ask(stage.alice, 'Spent')
  await pressConnect(stage.alice.browser, link)
  await expectNothingBegins(link)
  expect((await post(stage.mallory.browser, link, connect())).status).toBe(403)
  await stage.expectAliceCanConnect(link, 'Spent')
  await expectNothingBegins(link)
  expect((await spent()).length).toBe(1)
})

test('replayed-link: a link that was superseded does nothing; the newer one works', async () => {
  const older = await stage.ask(stage.alice, 'Asked twice')
  // She connects elsewhere, so that this link is still unused when the application takes her access away in mid-job.
  cutOffAtTheNextStep = true
  const before = (await stage.alice.chat()).filter(({ kind }) => kind === 'ask').length
  const { body } = await stage.alice.api('POST', `/me/connections/${stage.parent}/connect`)
  await connectAt(stage.alice, body.data.url, 'Alice Ng')
  const newer = await stage.alice.prompt(before)
  expect((await stage.alice.browser.open(older)).status).toBe(410)
  await expectNothingBegins(older)
  await stage.expectAliceCanConnect(newer, 'Asked twice')
})

test('replayed-link: a link that has lapsed does nothing, nor does a trip that began before', async () => {
  const [unused, used] = [await stage.ask(stage.alice, 'Too late'), await stage.ask(stage.alice, 'Later still')]
  const callback = await consentAt(stage.alice.browser, await pressConnect(stage.alice.browser, used), 'Alice Ng')
  stage.advance(25 * 60 * 60 * 1000)
  expect((await stage.alice.browser.open(unused)).status).toBe(410)
  await expectNothingBegins(unused)
  const exchanges = stage.exchanges()
  expect((await stage.alice.browser.open(callback)).status).toBe(403)
  expect(stage.exchanges()).toBe(exchanges)
  expect(await stage.bound()).toEqual([])
  expect((await stage.audit('connect.callback_refused')).at(-1)).toMatchObject({ why: 'lapsed' })
  await stage.expectAliceCanConnect(await stage.ask(stage.alice, 'In time'), 'In time')
})

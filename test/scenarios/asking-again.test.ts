import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectAt } from '../support/behalf.ts'
import { openBrowser } from '../support/browser.ts'
import { type Stage, startStage } from '../support/stage.ts'
import { consentAt, post, pressConnect } from '../support/trip.ts'
import { until } from '../support/until.ts'

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.stop())

const asks = async (person = stage.alice) => (await person.chat()).filter(({ kind }) => kind === 'ask')
const connectionOf = async (person = stage.alice) => {
  const { body } = await person.api('GET', '/me/connections')
  return body.data.find((each: { parent_id: string }) => each.parent_id === stage.parent)?.connection
}

/** Replaces the link of a waiting job, as a newer message would. */
async function supersede(): Promise<void> {
  await stage.database.db
    .updateTable('connect_visits')
    .set({ status: 'superseded' })
    .where('status', '=', 'open')
    .execute()
}

test('a link that is over has a fresh message sent to its person, whoever presses, and three an hour', async () => {
  const link = await stage.ask(stage.alice, 'Fresh')
  await supersede()
  const before = await asks()
  const stranger = openBrowser()
  const page = await stranger.open(link)
  expect(page.status).toBe(410)
  expect(page.text()).not.toContain('Alice')
  expect((await page.click('Send me a fresh message')).text()).toContain('Look into your chat')
  const [fresh] = await until(async () => {
    const more = (await asks()).slice(before.length)
    return more.length > 0 ? more : undefined
  })
  expect((await asks(stage.mallory)).length).toBe(0)
  await supersede()
  for (const status of [200, 200, 429]) expect((await post(stranger, `${link}/fresh`, {})).status).toBe(status)
  expect((await stage.alice.browser.open(fresh?.links[0]?.url ?? '')).status).toBe(410)
  const newest = await until(async () => (await asks())[before.length + 2])
  const middle = (await asks())[before.length + 1]
  expect((await stage.alice.browser.open(middle?.links[0]?.url ?? '')).status).toBe(410)
  await stage.expectAliceCanConnect(newest.links[0]?.url ?? '', 'Fresh')
  expect((await stranger.open(link)).text()).toContain('The run has ended as well')
})

test('a fresh message cuts nobody off who is following the newest link', async () => {
  const link = await stage.ask(stage.alice, 'At it')
  await supersede()
  const before = (await asks()).length
  const stranger = openBrowser()
  await (await stranger.open(link)).click('Send me a fresh message')
  const newest = await stage.alice.prompt(before)
  const callback = await consentAt(stage.alice.browser, await pressConnect(stage.alice.browser, newest), 'Alice Ng')
  const links = () =>
    stage.database.db
      .selectFrom('connect_visits')
      .innerJoin('jobs', 'jobs.id', 'connect_visits.job_id')
      .select('connect_visits.status')
      .where('jobs.status', '=', 'waiting_for_connection')
      .orderBy('connect_visits.id')
      .execute()
  expect(await links()).toEqual([{ status: 'superseded' }, { status: 'open' }])
  expect((await post(stranger, `${link}/fresh`, {})).status).toBe(200)
  expect(await links()).toEqual([{ status: 'superseded' }, { status: 'open' }])
  expect((await stage.alice.browser.open(callback)).text()).toContain('Salesforce is connected')
  await stage.alice.api('DELETE', `/connections/${(await connectionOf()).id}`)
})

test('an administrator has a person asked again, privately; not one who is connected, or deactivated', async () => {
  const link = await stage.ask(stage.alice, 'Again')
  const back = await connectAt(stage.alice, link, 'Alice Ng')
  expect(back.text()).toContain('Salesforce is connected')
  const { id } = await connectionOf()
  const again = () => stage.owner.api('POST', `/connections/${id}/ask-again`)
  expect((await again()).body.error.code).toBe('nothing_to_ask')
  expect((await stage.mallory.api('POST', `/connections/${id}/ask-again`)).status).toBe(403)
  await stage.owner.api('POST', `/connections/${id}/disconnect`)
  const before = (await asks()).length
  expect((await again()).status).toBe(204)
  const first = await stage.alice.prompt(before)
  expect((await again()).status).toBe(204)
  const ask = await stage.alice.prompt(before + 1)
  expect((await stage.alice.browser.open(first)).status).toBe(410)
  expect((await stage.mallory.browser.open(ask)).status).toBe(403)
  const asked = await stage.alice.browser.open(ask)
  await (await (await asked.click('Connect Salesforce')).click('Allow')).text()
  expect((await connectionOf()).status).toBe('connected')
  expect(await stage.audit('connect.asked_again')).toHaveLength(2)
  await stage.alice.api('DELETE', `/connections/${id}`)
})

test('an administrator cannot have somebody asked who is deactivated', async () => {
  const carol = await stage.addPerson('Carol Diaz')
  await connectAt(carol, await stage.ask(carol, 'Before she left'), 'Carol Diaz')
  const { id } = await connectionOf(carol)
  await stage.owner.api('POST', `/people/${carol.person.id}/deactivate`)
  const again = async () => (await stage.owner.api('POST', `/connections/${id}/ask-again`)).body.error
  expect(await again()).toMatchObject({ code: 'cannot_ask', details: { why: 'person_not_active' } })
  expect((await stage.owner.api('DELETE', `/connections/${id}`)).status).toBe(204)
})

test('beyond the limit the next connection is refused; near it administrators are warned once', async () => {
  const { person } = stage.owner
  const change = (children_limit: unknown) => stage.owner.api('PATCH', '/workspace/settings', { children_limit })
  expect((await change('many')).status).toBe(422)
  expect((await stage.owner.api('PATCH', '/workspace/settings', { unheard_of: 1 })).status).toBe(422)
  expect((await stage.alice.api('PATCH', '/workspace/settings', { children_limit: 1 })).status).toBe(403)
  const { body } = await change(1)
  expect(body.data).toMatchObject({
    settings: { children_limit: 1, refuse_other_email: false },
    schema: { properties: { children_limit: { title: 'Runtime user connections per application' } } },
  })
  expect(person.role).toBe('owner')
  const connect = async (link: string, as: string, who = stage.alice) => {
    const page = await (await who.browser.open(link)).click('Connect Salesforce')
    const consent = page.buttons.some(({ label }) => label.includes('Continue as'))
      ? await page.click(`Continue as ${as}`)
      : page
    return consent.click('Allow')
  }
  await connect(await stage.ask(stage.alice, 'Within'), 'Alice Ng')
  const bob = await stage.addPerson('Bob Ortiz')
  const refused = await connect(await stage.ask(bob, 'Beyond'), 'Bob Ortiz', bob)
  expect(refused.status).toBe(403)
  expect(refused.text()).toContain('as many people’s own connections')
  expect(await stage.bound()).toEqual([expect.stringContaining('Alice Ng')])
  expect(stage.crm.liveGrantsOf('bob')).toBe(1)
  await stage.alice.api('DELETE', `/connections/${(await connectionOf()).id}`)
  await connect(await stage.ask(stage.alice, 'Within again'), 'Alice Ng')
  expect(await stage.audit('connection.limit_near')).toHaveLength(1)
  const limits = await stage.owner.api('GET', '/runtime-user-connections/limits')
  expect(limits.body.data).toEqual([{ connector: 'salesforce', used: 1, limit: 1, warning: true }])
})

test('a repeated call of a waiting job names its connect page again', async () => {
  const erin = await stage.addPerson('Erin Other')
  const { body } = await stage.owner.api('GET', '/recipes')
  const [{ id }] = body.data
  const run = async () => {
    const response = await erin.browser.fetch(new URL(`/api/recipes/${id}/run`, stage.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'once', origin: stage.url.origin },
      body: JSON.stringify({ input: { name: 'Repeated' }, wait_seconds: 0 }),
    })
    return ((await response.json()) as { data: { id: string; connect_url: string } }).data
  }
  const first = await run()
  expect(first.connect_url).toContain('/connect/v/')
  expect(await run()).toMatchObject({ id: first.id, connect_url: first.connect_url })
})

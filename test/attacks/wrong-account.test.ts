import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Page } from '../support/browser.ts'
import { openBrowser } from '../support/browser.ts'
import { type Stage, startStage } from '../support/stage.ts'
import { consentAt, post, pressConnect } from '../support/trip.ts'
import { until } from '../support/until.ts'

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.stop())

/** Alice connects by this link as somebody of the CRM: the page she comes back to. */
async function connectAs(link: string, as: string): Promise<Page> {
  // At the CRM she is asked anew who she is.
  const authorization = await pressConnect(stage.alice.browser, link)
  const callback = await consentAt(openBrowser(), authorization, as)
  return stage.alice.browser.open(callback)
}

const consents = async () => (await stage.alice.api('GET', '/me/consents')).body.data
const owner = (wanted: string) => stage.crm.opportunities().find(({ name }) => name === wanted)?.owner
const childId = async () => {
  const { body } = await stage.alice.api('GET', '/me/connections')
  return body.data[0].connection?.id
}

test('wrong-account: another e-mail address is shown before anything is stored; No gives it back', async () => {
  const page = await connectAs(await stage.ask(stage.alice, 'Not mine'), 'Carol Diaz')
  expect(page.text()).toMatch(/Is this account yours\?.*alice@acme\.test.*carol@acme\.test/)
  expect(await stage.bound()).toEqual([])
  expect(owner('Not mine')).toBeUndefined()
  const held = await stage.database.db.selectFrom('held_grants').selectAll().execute()
  expect(held).toHaveLength(1)
  const back = await page.click('No')
  expect(back.text()).toContain('The other account was not connected')
  expect(await stage.bound()).toEqual([])
  expect(await stage.crm.liveGrantsOf('carol')).toBe(0)
  expect((await stage.audit('connect.callback_refused')).at(-1)).toMatchObject({ why: 'not_their_account' })
})

test('wrong-account: nobody else can say yes, and yes counts once', async () => {
  const page = await connectAs(await stage.ask(stage.alice, 'Yes'), 'Carol Diaz')
  for (const browser of [stage.mallory.browser, openBrowser()]) {
    expect((await browser.open(page.url)).status).toBe(403)
    expect((await post(browser, page.url, { do: 'yes' })).status).toBe(403)
  }
  expect(await stage.bound()).toEqual([])
  await page.click('Yes, this account is mine')
  expect(await stage.bound()).toEqual([expect.stringContaining('Alice Ng: carol@')])
  await until(() => owner('Yes') === 'carol')
  expect((await post(stage.alice.browser, page.url, { do: 'yes' })).status).toBe(403)
})

test('wrong-account: another account than before is shown; Keep gives it back, Use takes its place and ends its leave', async () => {
  const link = async (name: string) => {
    await stage.alice.api('POST', `/connections/${await childId()}/disconnect`)
    return stage.ask(stage.alice, name)
  }
  if ((await stage.bound()).length === 0)
    await (await connectAs(await stage.ask(stage.alice, 'Before'), 'Carol Diaz')).click('Yes, this account is mine')
  const before = await consents()
  expect(before).toHaveLength(1)
  const page = await connectAs(await link('Other'), 'Alice Ng')
  expect(page.text()).toMatch(/Another account than before.*carol@acme\.test.*alice@acme\.test/)
  expect(await stage.bound()).toEqual([])
  expect((await page.click('Keep carol@')).text()).toContain('The other account was not connected')
  expect(await stage.crm.liveGrantsOf('alice')).toBe(0)
  const again = await connectAs(await link('Other again'), 'Alice Ng')
  await again.click('Use alice@')
  expect(await stage.bound()).toEqual([expect.stringContaining('Alice Ng: alice@')])
  await until(() => owner('Other again') === 'alice')
  expect((await consents()).map(({ id }: { id: string }) => id)).not.toContain(before[0].id)
  expect(await stage.audit('consent.withdrawn')).toContainEqual(expect.objectContaining({ why: 'account_changed' }))
})

test('wrong-account: an account that is left alone is given back after ten minutes', async () => {
  await stage.alice.api('DELETE', `/connections/${await childId()}`)
  const page = await connectAs(await stage.ask(stage.alice, 'Left alone'), 'Carol Diaz')
  expect(await stage.crm.liveGrantsOf('carol')).toBe(1)
  stage.advance(11 * 60 * 1000)
  await until(async () => (await stage.crm.liveGrantsOf('carol')) === 0)
  await post(stage.alice.browser, page.url, { do: 'yes' })
  expect(await stage.bound()).toEqual([])
})

test('wrong-account: a workspace can refuse another e-mail address; nothing is held', async () => {
  await stage.owner.api('PATCH', '/workspace/settings', { refuse_other_email: true })
  const page = await connectAs(await stage.ask(stage.alice, 'Refused'), 'Carol Diaz')
  expect(page.status).toBe(403)
  expect(page.text()).toContain('accepts only accounts with your own address')
  expect(await stage.bound()).toEqual([])
  expect(await stage.crm.liveGrantsOf('carol')).toBe(0)
  await stage.owner.api('PATCH', '/workspace/settings', { refuse_other_email: false })
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { notices } from '../support/code-stage.ts'
import { type Stage, startStage } from '../support/stage.ts'
import { post } from '../support/trip.ts'

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.stop())

async function expectUnspent(): Promise<void> {
  expect(await stage.attempts()).toBe(0)
  expect(await stage.audit('connect.link_spent')).toEqual([])
  const open = stage.database.db.selectFrom('connect_visits').select(['spent_at', 'status'])
  expect(await open.execute()).toEqual([{ spent_at: null, status: 'open' }])
}

const ties = async () => (await stage.database.db.selectFrom('connect_ties').select('id').execute()).length

test('prefetched-link: previews, scanners and browsers that only fetch it spend nothing', async () => {
  const link = await stage.ask(stage.alice, 'Fetched')
  const agents = ['Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)', 'SkypeUriPreview Preview/0.5', '']
  for (const browser of [openBrowser(), stage.mallory.browser, stage.alice.browser])
    for (const method of ['GET', 'HEAD'])
      for (const agent of agents)
        await browser.fetch(link, { method, headers: { 'user-agent': agent, purpose: 'prefetch' } })
  await expectUnspent()
  expect(await ties()).toBe(0)

  const forms: Record<string, string>[] = [{ do: 'connect', connection: stage.parent }, { do: 'decline' }]
  for (const browser of [openBrowser(), stage.mallory.browser])
    for (const form of forms) await post(browser, link, form)
  // A scanner that follows forms in the person's own browser session is another site's page: it cannot.
  for (const origin of ['https://preview.example', 'null'])
    await stage.alice.browser.fetch(link, {
      method: 'POST',
      headers: { origin },
      body: new URLSearchParams({ do: 'decline' }),
    })
  await expectUnspent()
  expect((await stage.audit('connect.link_refused')).every(({ why }) => why === 'somebody_else')).toBe(true)
  expect(await stage.audit('connect.link_refused')).not.toEqual([])

  // Whoever does not say that they only fetch it is shown a code; their person is told of three at most.
  for (let i = 0; i < 25; i++) await openBrowser().fetch(link)
  expect(await ties()).toBe(20)
  await expectUnspent()
  expect(await notices(stage.alice, 3)).toHaveLength(3)

  await stage.expectAliceCanConnect(link, 'Fetched')
  expect(await stage.audit('connect.link_spent')).toMatchObject([{ person_id: stage.alice.person.id }])
})

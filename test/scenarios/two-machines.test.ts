import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cookieOf } from '../../src/commands/identify.ts'
import { startSession } from '../../src/people/sessions.ts'
import type { Started } from '../../src/server/start.ts'
import { atMachine } from '../support/at-machine.ts'
import type { TestPerson } from '../support/behalf.ts'
import { countBlockedQueries } from '../support/blocked-query.ts'
import { type Browser, openBrowser, type Page } from '../support/browser.ts'
import { holdAnswer } from '../support/hold-answer.ts'
import { type Stage, startStage } from '../support/stage.ts'
import { consentAt, post, pressConnect } from '../support/trip.ts'
import { until } from '../support/until.ts'

let stage: Stage
let another: Started
beforeAll(async () => {
  stage = await startStage()
  another = await stage.startAnother()
})
afterAll(async () => {
  await another?.stop()
  await stage.stop()
})

/** A browser of this person, signed in, whose requests this machine answers. */
async function browserAt(machine: { url: URL }, { person }: TestPerson): Promise<Browser> {
  const browser = openBrowser()
  const { token } = await startSession(stage.database.db, { personId: person.id, userAgent: 'test', now: new Date() })
  browser.jar.set(stage.url, cookieOf(stage.ctx).name, token)
  return atMachine(browser, { address: stage.url, machine })
}

/** Where one who stores a grant waits: for the table, or for whoever holds the same account, or the last place. */
const STORING = /^(delete from|insert into) "grants"|pg_advisory_xact_lock/

/** Opens an answer on each machine: both codes are exchanged before either grant is stored, and both come to storing it at once. */
async function meet(callbacks: [Browser, URL][]): Promise<Page[]> {
  const { db } = stage.database
  const exchanges = [stage, another].map(({ ctx }) => holdAnswer(ctx, ({ url }) => url.pathname.endsWith('/token')))
  const opened = Promise.all(callbacks.map(([browser, callback]) => browser.open(callback)))
  await Promise.all(exchanges.map(({ arrived }) => arrived))
  await db.transaction().execute(async (tx) => {
    await sql`lock table grants in share mode`.execute(tx)
    for (const { release } of exchanges) release()
    await until(async () => (await countBlockedQueries(db, STORING)) === callbacks.length)
  })
  return opened
}

const made = (name: string) => stage.crm.opportunities().filter((each) => each.name === name)
const disconnect = async (person: TestPerson) => {
  const { body } = await person.api('GET', '/me/connections')
  await person.api('DELETE', `/connections/${body.data[0].connection.id}`)
}

/** Opens the pages, and then presses Connect on all of them at once: where each browser is sent. */
async function pressAtOnce(pages: [Browser, string][]): Promise<URL[]> {
  const opened = await Promise.all(pages.map(async ([browser, link]) => [browser, await browser.open(link)] as const))
  const answers = await Promise.all(
    opened.map(([browser, { url, forms }]) => {
      const form = forms.find(({ buttons }) => buttons.some(({ label }) => label === 'Connect Salesforce'))
      return post(browser, url, { ...Object.fromEntries(form?.fields ?? []), do: 'connect' })
    }),
  )
  return answers.map(({ headers }) => new URL(headers.get('location') ?? '', stage.url))
}

test.each([
  ['one page', 1],
  ['a page each', 2],
])(
  'two browsers of one person connect at once on two machines, from %s: one grant, each job goes on once',
  async (from, leave) => {
    const { alice } = stage
    const names = [`One from ${from}`, `Two from ${from}`]
    const links = [await stage.ask(alice, names[0] ?? ''), await stage.ask(alice, names[1] ?? '')]
    const browsers = [await browserAt(stage, alice), await browserAt(another, alice)]
    const isOurs = ({ origin }: URL) => origin === stage.url.origin
    const sent = await pressAtOnce(browsers.map((browser, i) => [browser, links[leave === 1 ? 0 : i] ?? '']))
    // A link is spent once; who comes second finds the page, and presses there.
    expect(sent.filter((to) => !isOurs(to))).toHaveLength(leave)
    const callbacks = await Promise.all(
      browsers.map(async (browser, i): Promise<[Browser, URL]> => {
        const to = sent[i] as URL
        return [browser, await consentAt(browser, isOurs(to) ? await pressConnect(browser, to.href) : to, 'Alice Ng')]
      }),
    )
    const pages = await meet(callbacks)
    expect(pages.map(({ status }) => status).sort()).toEqual([200, 403])
    for (const name of names) await until(() => made(name).length > 0)
    expect(await stage.bound()).toEqual([expect.stringMatching(/^Alice Ng: /)])
    await until(() => stage.crm.liveGrantsOf('alice') === 1)

    // The one that was kept is the one that lives: it is used, and renewed, and nobody is asked.
    stage.crm.expireAccessTokens()
    await alice.say(`create opportunity name: After ${from}`)
    await until(() => made(`After ${from}`).length > 0)
    for (const name of names) expect(made(name).map(({ owner }) => owner)).toEqual(['alice'])
    await disconnect(alice)
  },
)

test('of two persons who connect at once on two machines, where there is room for one, one does', async () => {
  await stage.owner.api('PATCH', '/workspace/settings', { children_limit: 1 })
  const persons = [await stage.addPerson('Bob Ortiz'), await stage.addPerson('Carol Diaz')]
  const callbacks = await Promise.all(
    persons.map(async (person, i): Promise<[Browser, URL]> => {
      const browser = await browserAt(i === 0 ? stage : another, person)
      const link = await stage.ask(person, `Room for ${person.person.name}`)
      return [browser, await consentAt(browser, await pressConnect(browser, link), person.person.name)]
    }),
  )
  const pages = await meet(callbacks)
  expect(pages.map(({ status }) => status).sort()).toEqual([200, 403])
  expect(pages.find(({ status }) => status === 403)?.text()).toContain('as many people’s own connections')
  expect(await stage.bound()).toHaveLength(1)
  await until(() => stage.crm.liveGrantsOf('bob') + stage.crm.liveGrantsOf('carol') === 2)
})

import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cookieOf } from '../../src/commands/identify.ts'
import { OutsideError } from '../../src/core/errors.ts'
import type { ConnectionId } from '../../src/core/ids.ts'
import { setPassword } from '../../src/people/passwords.ts'
import type { SurfaceRegistry } from '../../src/surfaces/surface.ts'
import { connectAt, startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { openBrowser } from '../support/browser.ts'
import { type KeyApplication, startKeyApplication } from '../support/key-application.ts'
import { keySettings, writeNote } from '../support/key-stage.ts'
import { overhear } from '../support/overhear.ts'
import { findPlanted, type Planted } from '../support/planted.ts'
import { createByWebhook, createOne, crmConnection } from '../support/recipes.ts'
import { jobEnded, jobIn, startJob } from '../support/run.ts'
import { addParent, countPrompts } from '../support/things-stage.ts'
import { until } from '../support/until.ts'

let behalf: TestBehalf
let alice: TestPerson
let keyApplication: KeyApplication
let parent: ConnectionId
/** What was sent to the CRM and given by it, and everything else that nobody may read. */
let planted: Planted[]

const plant = (what: string, value: string) => {
  planted.push({ what, value })
  return value
}

interface Table {
  name: string
  rows: number
  text: string
}

/** Every table of every schema but PostgreSQL's own, as `pg_dump` would write it: `bytea` in hexadecimal. */
async function dump(): Promise<Table[]> {
  const { db } = behalf.database
  const { rows: tables } = await sql<{ name: string }>`
    select format('%I.%I', schemaname, tablename) as name from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema') order by 1`.execute(db)
  return Promise.all(
    tables.map(async ({ name }) => {
      const { rows } = await sql<{ text: string }>`select t::text as text from ${sql.raw(name)} t`.execute(db)
      return { name, rows: rows.length, text: rows.map(({ text }) => text).join('\n') }
    }),
  )
}

beforeAll(async () => {
  keyApplication = await startKeyApplication()
  behalf = await startTestBehalf({ otherHosts: [keyApplication.host] })
  planted = overhear(behalf.ctx)
  alice = await behalf.addPerson('Alice Ng')
  parent = await behalf.addCrmParent()
  await behalf.connectParent(parent, 'Bob Ortiz')
  await signIn()
  await useConnections()
  await failAndWait()
  await typeCredentials()
  await leaveHeld()
  await leaveOpen()
}, 90_000)
afterAll(async () => {
  await behalf.stop()
  await keyApplication[Symbol.asyncDispose]()
})

/** Passwords, sessions, API keys. */
async function signIn(): Promise<void> {
  const { db } = behalf.database
  const password = plant('password', 'a long password of Alice')
  const { workspaceId, id: personId } = alice.person
  await setPassword(db, { workspaceId, personId, password, now: new Date() })
  const browser = openBrowser()
  const page = await browser.open(new URL('/sign-in', behalf.url))
  await page.submit({ email: 'alice@acme.test', password: plant('wrong password', 'a wrong password of Alice') })
  await (await browser.open(new URL('/sign-in', behalf.url))).submit({ email: 'alice@acme.test', password })
  // A new password ended every session there was.
  const { name } = cookieOf(behalf.ctx)
  alice.browser.jar.set(behalf.url, name, plant('session', browser.jar.get(behalf.url, name) ?? ''))
  plant('session', behalf.owner.browser.jar.get(behalf.url, name) ?? '')
  const { body } = await behalf.owner.api('POST', '/api_keys', { name: 'Key', privileges: ['recipes.run'] })
  plant('API key', body.data.token)
}

/** Asked, connected, used, refreshed, disconnected; by chat, by the API and by a webhook. */
async function useConnections(): Promise<void> {
  const one = { connectionId: parent, personal: true, command: 'one' }
  const recipe = await behalf.addRecipe(createOne(one))
  await alice.say(`one ${plant('job input', 'Merger with Globex')}`)
  const link = await alice.prompt()
  plant('link', link.split('/').at(-1) ?? '')
  const done = await connectAt(alice, link, 'Alice Ng')
  for (const visited of done.visited) plantState(visited)
  await until(async () => (await alice.chat()).some(({ text }) => text === 'Made Merger with Globex.'))
  plant('reply', 'Made Merger with Globex.')

  behalf.crm.expireAccessTokens()
  await jobIn(alice, await startJob(alice, recipe, { name: plant('input by API', 'Layoffs in spring') }), 'succeeded')
  const hook = await behalf.owner.api('POST', '/recipes', {
    project_id: behalf.projectId,
    environment: 'PROD',
    document: createByWebhook(parent, 'hook'),
  })
  const { body } = await behalf.owner.api('POST', `/recipes/${hook.body.data.id}/start`)
  plant('webhook secret', body.data.webhook_url.split('/').at(-1))
  const called = await fetch(body.data.webhook_url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: plant('webhook body', 'Bonus of the board') }),
  })
  expect(called.status).toBe(202)
  await until(() => behalf.crm.opportunities().some(({ name }) => name === 'Bonus of the board'))
  // The revocation is not over: its tokens are still here, sealed.
  behalf.crm.failNextRevocation(50, 503)
  const mine = await alice.api('GET', '/me/connections')
  await alice.api('POST', `/connections/${mine.body.data[0].connection.id}/disconnect`)
}

function plantState(url: string): void {
  const state = new URL(url).searchParams.get('state')
  if (state) plant('state', state)
}

/** A job that failed with data in its error, one that waits, and one whose data could not be opened when the queue called for it. */
async function failAndWait(): Promise<void> {
  const read = await behalf.addRecipe({
    name: 'Read',
    trigger: { kind: 'api', parameters: [{ name: 'id', type: 'text' }] },
    connections: crmConnection(parent, false),
    steps: [
      {
        kind: 'action',
        name: 'read',
        connection: 'crm',
        action: 'get_record',
        input: { type: 'Opportunity', id: '{{ trigger.id }}' },
      },
    ],
  })
  const id = plant('error', 'PrivateNumber9X001')
  const failed = await jobEnded(alice, await startJob(alice, read, { id }))
  expect(JSON.stringify(failed.error)).toContain(id)
  await alice.say(`one ${plant('input of a waiting job', 'Takeover of Initech')}`)
  plant('link of a waiting job', (await alice.prompt(1)).split('/').at(-1) ?? '')
}

/** A parent's and a person's own key, both used and still there, and wrong ones of each. */
async function typeCredentials(): Promise<void> {
  const settings = { ...keySettings(keyApplication.url), account_name: '' }
  const notes = await addParent(behalf, { name: 'Notes', connector: 'generic-http', settings, personal_form: true })
  const connect = (key: string) => behalf.owner.api('POST', `/connections/${notes}/connect`, { credential: { key } })
  expect((await connect(plant('wrong typed credential', 'a-wrong-key-of-nobody'))).status).toBe(422)
  expect((await connect(plant('typed credential', keyApplication.keys.get('bob') ?? ''))).status).toBe(200)
  await behalf.addRecipe(writeNote(notes))
  const asked = await countPrompts(alice)
  await alice.say(`note ${plant('note', 'Acquisition of Umbrella')}`)
  const page = await alice.browser.open(await alice.prompt(asked))
  const wrong = { 'credential.key': plant('wrong typed credential', 'a-wrong-key-of-alice') }
  const right = { 'credential.key': plant('typed credential', keyApplication.keys.get('alice') ?? '') }
  await (await page.click('Connect Notes', wrong)).click('Connect Notes', right)
  await until(() => keyApplication.notes.some(({ person }) => person === 'alice'))
}

/** Somebody is asked whether the account is theirs, and has not answered yet. */
async function leaveHeld(): Promise<void> {
  const nora = await behalf.addPerson('Nora Novak')
  const { body } = await nora.api('POST', `/me/connections/${parent}/connect`)
  const known = planted.length
  const atCrm = await (await nora.browser.open(body.data.url)).click('Connect Salesforce')
  const page = await (await atCrm.click('Continue as Carol Diaz')).click('Allow')
  expect(page.text()).toContain('Is this account yours?')
  const kinds = planted.slice(known).map(({ what }) => what)
  for (const kind of ['access_token', 'refresh_token', 'code']) expect(kinds).toContain(kind)
  for (const visited of page.visited) plantState(visited)
}

/** A dialog, a trip to the CRM and a message that are still under way. */
async function leaveOpen(): Promise<void> {
  await behalf.addRecipe({
    ...createOne({ connectionId: parent, personal: true, command: 'ask me' }),
    trigger: {
      kind: 'command',
      command: 'ask me',
      parameters: [
        { name: 'name', type: 'text' },
        { name: 'amount', type: 'number' },
      ],
    },
  })
  const { body } = await alice.api('POST', `/me/connections/${parent}/connect`)
  const away = await (await alice.browser.open(body.data.url)).click('Connect Salesforce')
  for (const visited of away.visited) plantState(visited)
  await behalf.restart()
  const surfaces = behalf.ctx.surfaces as Map<string, NonNullable<ReturnType<SurfaceRegistry['get']>>>
  const portal = surfaces.get('portal')
  if (!portal) throw new Error('there is no portal')
  const down = new OutsideError('outside_unavailable', 'Down.', { retryable: true })
  surfaces.set('portal', { ...portal, deliver: () => Promise.reject(down) })
  await alice.say(`one ${plant('message not yet delivered', 'Settlement with Hooli')}`)
  await alice.say(`ask me name: ${plant('dialog', 'Half a sentence of Alice')}`)
  await until(
    async () =>
      (await behalf.database.db.selectFrom('outbox').selectAll().where('status', '=', 'pending').execute()).length,
  )
}

test('dump-without-key: a dump of the whole database holds no credential and no data of a job', async () => {
  const tables = await dump()
  const leaks = tables.flatMap(({ name, text }) => findPlanted(planted, text).map((what) => `${what} in ${name}`))
  expect(leaks).toEqual([])
})

test('dump-without-key: what was looked for was really there, and so was everything it could have been in', async () => {
  const kinds = new Set(planted.map(({ what }) => what))
  expect(planted.filter(({ what }) => what === 'typed credential').length).toBe(2)
  for (const kind of ['access_token', 'refresh_token', 'client_secret', 'code', 'code_verifier', 'state', 'session'])
    expect(kinds).toContain(kind)
  expect(planted.filter(({ what }) => what === 'refresh_token').length).toBeGreaterThan(2)

  const tables = await dump()
  const empty = tables.filter(({ rows }) => rows === 0).map(({ name }) => name)
  const sealed = [
    'grants',
    'held_grants',
    'connections',
    'revocations',
    'connect_attempts',
    'jobs',
    'job_steps',
    'outbox',
    'chat_messages',
    'dialogs',
    'data_keys',
  ]
  const hashed = [
    'sessions',
    'api_keys',
    'connect_visits',
    'recipe_triggers',
    'passwords',
    'rate_limits',
    'audit_events',
  ]
  for (const name of [...sealed, ...hashed]) expect(empty).not.toContain(`public.${name}`)
  expect(tables.map(({ name }) => name)).toContain('graphile_worker._private_jobs')
  // The search finds what stands there in clear, also within bytes.
  const text = tables.map((table) => table.text).join('\n')
  expect(findPlanted([{ what: 'account', value: 'alice@acme.test' }], text)).toEqual(['account'])
  const hidden = `\\x${Buffer.from('xx Merger with Globex').toString('hex')}`
  expect(findPlanted(planted, hidden)).toEqual(['job input'])
})

test('dump-without-key: the sealed bytes are really in the dump, and open with the key', async () => {
  const grant = await behalf.database.db.selectFrom('grants').selectAll().executeTakeFirstOrThrow()
  const { text } = (await dump()).find(({ name }) => name === 'public.grants') ?? { text: '' }
  expect(text).toContain(grant.sealed.toString('hex'))
  const job = await behalf.owner.api('GET', '/jobs?limit=1')
  expect((await alice.api('GET', `/jobs/${job.body.data[0].id}`)).body.data.input.value).toMatchObject({
    name: 'Settlement with Hooli',
  })
})

test('dump-without-key: an error thrown at the queue leaves no message in it', async () => {
  const { ctx } = behalf
  const { dataKeys } = ctx
  const value = plant('fault', 'A fault that tells of Alice')
  ctx.dataKeys = { ...dataKeys, load: () => Promise.reject(new Error(value)) }
  const { rows } = await sql`
    with ready as (update jobs set status = 'queued' where status = 'waiting_for_connection' returning id)
    select graphile_worker.add_job('run_job', json_build_object('id', id)) from ready`.execute(behalf.database.db)
  expect(rows.length).toBeGreaterThan(0)
  await until(() => behalf.log.some((line) => line.includes('a run was cut off')))
  ctx.dataKeys = dataKeys
  const queue = (await dump()).filter(({ name }) => name.startsWith('graphile_worker.'))
  expect(queue.flatMap(({ text }) => findPlanted(planted, text))).toEqual([])
})

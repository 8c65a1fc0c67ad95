import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestPerson } from '../support/behalf.ts'
import { type KeyStage, keySettings, startKeyStage, writeNote } from '../support/key-stage.ts'
import { findPlanted } from '../support/planted.ts'
import { addParent, childOf, countPrompts } from '../support/things-stage.ts'
import { until } from '../support/until.ts'

let stage: KeyStage
let alice: TestPerson
let owner: TestPerson
beforeAll(async () => {
  stage = await startKeyStage()
  alice = await stage.addPerson('Alice Ng')
  owner = stage.owner
})
afterAll(() => stage.stop())

const keyOf = (name: string) => stage.application.keys.get(name) ?? ''
/** Somebody whose key the application knows. */
async function newcomer(name: string): Promise<TestPerson> {
  stage.application.keys.set(name.toLowerCase(), `key-of-${name.toLowerCase()}-4410cc`)
  return stage.addPerson(name)
}
/** Somebody who has connected their own. */
async function connected(name: string): Promise<TestPerson> {
  const person = await newcomer(name)
  await stage.note(person, 'Hello')
  expect((await stage.typeKey(person, keyOf(name.toLowerCase()))).text()).toContain('Acme Notes is connected')
  await noted(person, 'Hello')
  return person
}
const notesOf = (name: string) => stage.application.notes.filter(({ person }) => person === name).length
const noted = (person: TestPerson, text: string) =>
  until(async () => (await person.chat()).some((line) => line.kind === 'reply' && line.text === `Noted ${text}.`))
const grantsOf = ({ person }: TestPerson) =>
  stage.database.db
    .selectFrom('grants')
    .innerJoin('connections', 'connections.id', 'grants.connection_id')
    .select('connections.id')
    .where('connections.person_id', '=', person.id)
    .execute()

describe('a person’s own key', () => {
  test('is asked for by a form, and a wrong one is tried at the application and stores nothing', async () => {
    expect(await stage.note(alice, 'First')).toMatchObject({ status: 'waiting_for_connection' })
    const before = stage.application.requests.length
    const wrong = 'wrong-key-that-nobody-has'
    const page = await stage.typeKey(alice, wrong)
    expect(page.text()).toContain('did not accept what you typed')
    expect(page.html).not.toContain(wrong)
    expect(page.url).not.toContain(wrong)
    const fields = page.forms.flatMap(({ fields }) => [...fields])
    expect(fields.filter(([name]) => name.startsWith('credential.'))).toEqual([['credential.key', '']])
    expect(stage.application.requests.slice(before)).toEqual([{ method: 'GET', path: '/me', person: null }])
    expect(await grantsOf(alice)).toEqual([])
    const { body } = await owner.api('GET', '/audit_events?limit=50')
    const refused = body.data.filter(({ action }: { action: string }) => action.includes('refused'))
    expect(refused.map(({ action }: { action: string }) => action)).toEqual(['connection.credential_refused'])
    await expectNowhere([wrong])
  })

  test('connects the account it belongs to, and the job goes on by itself', async () => {
    const dora = await newcomer('Dora')
    await stage.note(dora, 'First')
    const page = await stage.typeKey(dora, ` ${keyOf('dora')} `)
    expect(page.text()).toContain('Acme Notes is connected')
    expect(page.text()).toContain('dora@acme.test')
    await noted(dora, 'First')
    expect(await stage.note(dora, 'Second')).toMatchObject({ status: 'succeeded' })
    expect([notesOf('dora'), await countPrompts(dora)]).toEqual([2, 1])
  })

  test('is shown nowhere: not in the job of an application that echoes it, not in the API, the log or the audit', async () => {
    const erik = await connected('Erik')
    const { id } = await stage.note(erik, 'Echoed')
    const { body } = await erik.api('GET', `/jobs/${id}`)
    const echo = body.data.steps.find(({ step }: { step: string }) => step === 'echo')
    expect(echo.output.value.body.url).toBe('/echo?api_key=[secret]')
    expect(echo.output.value.headers.link).toContain('api_key=[secret]')
    await expectNowhere([keyOf('erik')])
  })

  test('that somebody else connected is refused', async () => {
    const frida = await connected('Frida')
    const gus = await stage.addPerson('Gus')
    await stage.note(gus, 'Borrowed')
    const page = await stage.typeKey(gus, keyOf('frida'))
    expect(page.text()).toContain('already connected by somebody else')
    expect([notesOf('frida'), await grantsOf(gus)]).toEqual([1, []])
    expect(await stage.note(frida, 'Still mine')).toMatchObject({ status: 'succeeded' })
  })

  test('of an account with another e-mail is shown before it is kept, and kept when its person says so', async () => {
    await newcomer('Shared')
    const hugo = await stage.addPerson('Hugo')
    await stage.note(hugo, 'Mine too')
    const page = await stage.typeKey(hugo, keyOf('shared'))
    expect(page.text()).toContain('shared@acme.test')
    expect(page.text()).toContain('Is this account yours?')
    expect(await grantsOf(hugo)).toEqual([])
    await page.submit({ do: 'yes' })
    await noted(hugo, 'Mine too')
  })

  test('that the application does not take any more is asked for again, and the note is written once', async () => {
    const ida = await connected('Ida')
    const before = await childOf(ida)
    stage.application.keys.set('ida', 'another-key-of-ida-77')
    expect(await stage.note(ida, 'Again')).toMatchObject({ status: 'waiting_for_connection' })
    expect(await childOf(ida)).toMatchObject({ id: before.id, status: 'lost' })
    await stage.typeKey(ida, keyOf('ida'))
    await noted(ida, 'Again')
    expect(notesOf('ida')).toBe(2)
    expect(await childOf(ida)).toMatchObject({ id: before.id, status: 'connected' })
  })

  test('is forgotten when its person disconnects, who is told that it lives on at the application', async () => {
    const jan = await connected('Jan')
    const { id } = await childOf(jan)
    expect((await jan.api('POST', `/connections/${id}/disconnect`)).status).toBe(204)
    expect(await childOf(jan)).toMatchObject({ status: 'disconnected', revocation: { status: 'unsupported' } })
    expect(await stage.note(jan, 'Cut off')).toMatchObject({ status: 'waiting_for_connection' })
    expect(notesOf('jan')).toBe(1)
  })

  test('is tried ten times an hour at most; an application that is down counts for nothing', async () => {
    const carol = await newcomer('Carol')
    await stage.note(carol, 'Guessed')
    stage.application.failNext(1, 503)
    expect((await stage.typeKey(carol, 'guess')).text()).toContain('Nothing was connected')
    for (let i = 0; i < 10; i += 1)
      expect((await stage.typeKey(carol, `guess ${i}`)).text()).toContain('did not accept')
    const asked = stage.application.requests.length
    expect((await stage.typeKey(carol, keyOf('carol'))).text()).toContain('ten times')
    expect(stage.application.requests.length).toBe(asked)
    const { body } = await owner.api('GET', '/audit_events?limit=50')
    const refused = body.data.filter(({ action }: { action: string }) => action === 'connection.credential_refused')
    expect(refused[0].details).toEqual({ why: 'tries_used_up' })
    stage.advance(61 * 60 * 1000)
    expect((await stage.typeKey(carol, keyOf('carol'))).text()).toContain('Acme Notes is connected')
    await noted(carol, 'Guessed')
  })
})

describe('where the builder does not allow it', () => {
  test('the switch cannot be on, and the problem says where to allow it', async () => {
    const settings = keySettings(stage.application.url)
    const parent = await addParent(stage, { name: 'Closed', connector: 'generic-http', settings })
    const document = writeNote(parent, 'closed')
    const place = { project_id: stage.projectId, environment: 'PROD' }
    const made = await owner.api('POST', '/recipes', { ...place, document })
    const [problem] = made.body.data.problems
    expect(problem).toMatchObject({
      code: 'switch_not_possible',
      message: expect.stringContaining('People may connect'),
    })
    expect((await owner.api('POST', `/recipes/${made.body.data.id}/start`)).status).toBe(422)
    expect((await owner.api('PATCH', `/connections/${parent}`, { personal_form: true })).status).toBe(204)
    await owner.api('PUT', `/recipes/${made.body.data.id}/runners`, { everyone: true })
    expect((await owner.api('POST', `/recipes/${made.body.data.id}/start`)).status).toBe(200)

    const { status, body } = await owner.api('PATCH', `/connections/${parent}`, { personal_form: false })
    expect(status).toBe(409)
    expect(body.error).toMatchObject({ code: 'personal_form_in_use', details: { recipes: [{ name: 'Write note' }] } })
    await owner.api('POST', `/recipes/${made.body.data.id}/stop`)
    expect((await owner.api('PATCH', `/connections/${parent}`, { personal_form: false })).status).toBe(204)
  })

  test('a page that was opened before shows no form, and takes nothing that is sent all the same', async () => {
    await stage.note(alice, 'Late')
    const page = await alice.browser.open(await alice.prompt((await countPrompts(alice)) - 1))
    const { db } = stage.database
    await db.updateTable('connections').set({ personal_form: false }).where('id', '=', stage.parent).execute()
    const asked = stage.application.requests.length
    const answer = await page.click('Connect Acme Notes', { 'credential.key': keyOf('alice') })
    expect(answer.text()).toContain('Nothing was connected')
    expect(stage.application.requests.length).toBe(asked)
    const again = await alice.browser.open(page.url)
    expect(again.text()).toContain('has not allowed people to connect their own')
    expect(again.html).not.toContain('credential.key')
    await db.updateTable('connections').set({ personal_form: true }).where('id', '=', stage.parent).execute()
  })
})

describe('a parent', () => {
  const add = (settings: object, name = 'Notes') =>
    addParent(stage, {
      name,
      connector: 'generic-http',
      settings: { ...keySettings(stage.application.url), ...settings },
    })

  test.each([
    ['an API key in a header', { authentication: 'api_key_in_header' }, () => ({ key: keyOf('bob') })],
    ['a bearer token', { authentication: 'bearer' }, () => ({ key: keyOf('bob') })],
    ['a user name and password', { authentication: 'basic' }, () => ({ user: 'bob', password: keyOf('bob') })],
  ])('is connected with %s, once the application has accepted it', async (_what, settings, credential) => {
    const parent = await add(settings)
    const connect = (given: object) => owner.api('POST', `/connections/${parent}/connect`, { credential: given })
    const wrong = Object.fromEntries(Object.keys(credential()).map((name) => [name, 'wrong-and-secret']))
    const refused = await connect(wrong)
    expect(refused).toMatchObject({ status: 422, body: { error: { code: 'credential_refused' } } })
    expect(JSON.stringify(refused.body)).not.toContain('wrong-and-secret')
    expect((await owner.api('GET', `/connections/${parent}`)).body.data.authorization_status).toBeNull()
    expect((await connect(credential())).status).toBe(200)
    const { body } = await owner.api('GET', `/connections/${parent}`)
    expect(body.data).toMatchObject({
      authorization_status: 'success',
      account: { label: 'bob@acme.test' },
      client_id: null,
      redirect_uri: null,
    })
    expect(body.data.credential_fields.map(({ name }: { name: string }) => name)).toEqual(Object.keys(credential()))
    await connect(wrong)
    expect((await owner.api('GET', `/connections/${parent}`)).body.data.authorization_status).toBe('success')
    await expectNowhere([keyOf('bob'), 'wrong-and-secret'])
  })

  test('names an account that tells no name by its user name, or by how its key is known here', async () => {
    const basic = await add({ authentication: 'basic', account_name: '' })
    await owner.api('POST', `/connections/${basic}/connect`, { credential: { user: 'Bob', password: keyOf('bob') } })
    expect((await owner.api('GET', `/connections/${basic}`)).body.data.account).toMatchObject({
      id: 'bob',
      label: 'Bob',
    })
    const keyed = await add({ account_name: '' })
    await owner.api('POST', `/connections/${keyed}/connect`, { credential: { key: keyOf('bob') } })
    const { account } = (await owner.api('GET', `/connections/${keyed}`)).body.data
    expect(account.label).toMatch(/^key ending 1bb2 \([0-9a-f]{12}\)$/)
    const { db } = stage.database
    await db.updateTable('connections').set({ sealed_client: null }).where('id', '=', keyed).execute()
    const again = await owner.api('POST', `/connections/${keyed}/connect`, { credential: { key: keyOf('bob') } })
    expect(again.status).toBe(200)
    expect((await owner.api('GET', `/connections/${keyed}`)).body.data.account.id).not.toBe(account.id)
  })

  test('is refused without a credential, with half of one, with an OAuth client, and by who may not edit it', async () => {
    const parent = await add({})
    const connect = (by: TestPerson, body?: object) => by.api('POST', `/connections/${parent}/connect`, body)
    expect((await connect(owner)).body.error.code).toBe('credential_missing')
    expect((await connect(owner, {})).body.error.code).toBe('credential_missing')
    const half = await connect(owner, { credential: { key: ' ' } })
    expect(half.body.error).toMatchObject({ code: 'credential_invalid', details: { field: 'key' } })
    expect((await connect(alice, { credential: { key: keyOf('bob') } })).status).toBe(403)
    const place = { project_id: stage.projectId, environment: 'PROD', connector: 'generic-http', name: 'X' }
    const settings = keySettings(stage.application.url)
    const withClient = await owner.api('POST', '/connections', { ...place, settings, client_id: 'x' })
    expect(withClient.body.error.code).toBe('client_not_used')
    const none = { ...settings, authentication: 'none' }
    const open = await owner.api('POST', '/connections', { ...place, settings: none, personal_form: true })
    expect(open.body.error.code).toBe('personal_form_not_possible')
  })
})

/** Looks for what was typed wherever people or machines can read. */
async function expectNowhere(secrets: string[]): Promise<void> {
  const planted = secrets.map((value) => ({ what: value, value }))
  const { body: audit } = await owner.api('GET', '/audit_events?limit=200')
  const { body: connections } = await owner.api('GET', '/connections?include_runtime_connections=true')
  const chat = await alice.chat()
  const rows = await sql`select c::text from connections c union all select a::text from audit_events a
    union all select r::text from rate_limits r union all select j::text from jobs j`.execute(stage.database.db)
  const texts = { audit, connections, chat, log: stage.log, rows }
  for (const [where, text] of Object.entries(texts))
    expect(findPlanted(planted, JSON.stringify(text)), where).toEqual([])
}

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { noteInstallation } from '../../src/commands/surfaces/surface-installations.ts'
import { openAppSecret } from '../../src/connections/surface-apps.ts'
import { openInstallationCredential } from '../../src/connections/surface-installations.ts'
import { newId, type SurfaceInstallationId } from '../../src/core/ids.ts'
import { actorOf } from '../../src/people/actor.ts'
import { startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { COURIER_SETTINGS, makeCourier } from '../support/courier.ts'
import { until } from '../support/until.ts'

let folder: string
let behalf: TestBehalf
let owner: TestPerson
let alice: TestPerson
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'behalf-keys-'))
  behalf = await startTestBehalf({
    surfaces: [makeCourier({ issuer: 'https://id.courier.example' }).surface],
    environment: { BEHALF_SEALING_KEY: '', BEHALF_SEALING_KEY_FILE: join(folder, 'sealing.key') },
  })
  owner = behalf.owner
  alice = await behalf.addPerson('Alice Ng', 'analyst')
})
afterAll(async () => {
  await behalf.stop()
  await rm(folder, { recursive: true })
})

const COURIER = '/surfaces/courier'
const save = (body: object = COURIER_SETTINGS, by = owner) => by.api('PUT', COURIER, body)
const look = async () => (await owner.api('GET', COURIER)).body.data

async function install(tenant = 'T1', label = 'Acme'): Promise<SurfaceInstallationId> {
  await save()
  const app = await behalf.database.db.selectFrom('surface_apps').selectAll().executeTakeFirstOrThrow()
  const { id, version, secrets_kept: secretsKept } = app
  const workspaceId = app.workspace_id
  const kept = { id, workspaceId, surface: 'courier', settings: {}, secretsKept, version }
  const wanted = { app: kept, tenant, label, facts: {}, credential: 'a-planted-bot-token' }
  return (await noteInstallation(behalf.ctx, actorOf(owner.person), wanted)).id
}

const audited = async (action: string) =>
  (await owner.api('GET', `/audit_events?action=${action}`)).body.data.map(
    ({ details }: { details: object }) => details,
  )

test('nobody sets up a surface without the privilege', async () => {
  const id = await install()
  const calls = [
    ['GET', '/surfaces'],
    ['GET', COURIER],
    ['PUT', COURIER, COURIER_SETTINGS],
    ['DELETE', COURIER],
    ['POST', `${COURIER}/check`],
    ['GET', `${COURIER}/files/manifest.json`],
    ['PATCH', `/surface-installations/${id}`, { allows_guests: true }],
    ['DELETE', `/surface-installations/${id}`],
  ] as const
  for (const [method, path, body] of calls) {
    const answer = await fetch(new URL(`/api${path}`, behalf.url), { method, headers: { origin: behalf.url.origin } })
    expect([path, answer.status]).toEqual([path, 401])
    expect([path, (await alice.api(method, path, body)).body.error.code]).toEqual([path, 'forbidden'])
  }
  expect((await look()).installations).toMatchObject([{ allows_guests: false, removed_at: null }])
})

test('what is saved is shown, but for its secrets, of which is said that they are kept', async () => {
  const saved = (await save()).body.data
  expect(saved).toMatchObject({ name: 'courier', label: 'Courier', is_set_up: true })
  const fields = Object.fromEntries(
    saved.fields.map(({ name, value, kept }: Record<string, unknown>) => [name, [value, kept]]),
  )
  expect(fields).toEqual({
    client_id: ['app-1', false],
    mode: ['http', false],
    host: ['https://courier.example', false],
    region: ['eu', false],
    client_secret: [null, true],
    signing_secret: [null, true],
    app_token: [null, false],
  })
  const all = JSON.stringify([
    saved,
    await look(),
    (await owner.api('GET', '/surfaces')).body,
    await audited('surface_app.saved'),
  ])
  expect(all).not.toContain('planted')
  expect((await audited('surface_app.saved'))[0]).toEqual({
    surface: 'courier',
    settings: { host: 'https://courier.example', ...COURIER_SETTINGS.settings },
    secrets_changed: ['client_secret', 'signing_secret'],
    forgotten: 0,
  })
})

test('what is left out stays; a secret given empty is taken away', async () => {
  await save({ secrets: { app_token: 'a-planted-token' } })
  await save({ settings: { region: 'us' } })
  const kept = async (name: string) => (await look()).fields.find((each: { name: string }) => each.name === name)
  expect([await kept('app_token'), await kept('region'), await kept('client_id')]).toMatchObject([
    { kept: true },
    { value: 'us' },
    { value: 'app-1' },
  ])
  await save({ secrets: { app_token: '' } })
  expect(await kept('app_token')).toMatchObject({ kept: false })
})

test('of many who save it at once each saves all of it, or is told to look again', async () => {
  await save()
  const regions = ['aa', 'bb', 'cc', 'dd', 'ee']
  const saved = await Promise.all(regions.map((region) => save({ settings: { region, client_id: `app-${region}` } })))
  const refused = saved.filter(({ status }) => status !== 200)
  for (const { body } of refused) expect(body.error.code).toBe('surface_app_changed')
  expect(refused.length).toBeLessThan(regions.length)
  const value = (name: string, { fields }: Awaited<ReturnType<typeof look>>) =>
    fields.find((each: { name: string }) => each.name === name).value
  const now = await look()
  expect(value('client_id', now)).toBe(`app-${value('region', now)}`)
  await save()
})

test('what does not fit is refused field by field, and nothing of it is saved', async () => {
  await save()
  const wrong = {
    settings: { client_id: ' ', mode: 'pigeon', region: 'nowhere' },
    secrets: { client_secret: '', key: 'x' },
  }
  const { status, body } = await save(wrong)
  expect([status, body.error.code]).toEqual([422, 'surface_settings_invalid'])
  const fields = body.error.details.problems.map(({ field }: { field: string }) => field)
  expect(fields.sort()).toEqual(['client_id', 'client_secret', 'key', 'mode', 'region'])
  expect(await look()).toMatchObject({
    is_set_up: true,
    fields: expect.arrayContaining([expect.objectContaining({ value: 'app-1' })]),
  })
  expect((await save({ settings: {}, secret: {} })).body.error.code).toBe('request_invalid')
  expect((await owner.api('PUT', '/surfaces/portal', COURIER_SETTINGS)).body.error.code).toBe('surface_not_found')
})

test('it is checked by what is saved, and its files are downloaded as they are now', async () => {
  await owner.api('DELETE', COURIER)
  expect((await owner.api('POST', `${COURIER}/check`)).body.error.code).toBe('surface_not_set_up')
  await save({ ...COURIER_SETTINGS, settings: { client_id: 'app-1', mode: 'socket' } })
  expect((await owner.api('POST', `${COURIER}/check`)).body.data).toEqual([
    { what: 'The client', is_good: true, text: 'Courier knows app-1.' },
    { what: 'The line', is_good: false, text: 'Give the app token.' },
  ])
  const file = await owner.browser.fetch(new URL(`/api${COURIER}/files/manifest.json`, behalf.url))
  expect([file.headers.get('content-type'), file.headers.get('content-disposition')]).toEqual([
    'application/json',
    'attachment; filename="manifest.json"',
  ])
  const { id } = await behalf.database.db.selectFrom('surface_apps').select('id').executeTakeFirstOrThrow()
  expect(await file.json()).toEqual({ app: id, url: behalf.url.href })
  expect((await owner.api('GET', `${COURIER}/files/keys.json`)).body.error.code).toBe('surface_file_not_found')
})

test('an installation is given domains, guests and strangers; those of another workspace are not there', async () => {
  const id = await install()
  const path = `/surface-installations/${id}`
  expect((await look()).installations).toMatchObject([
    { label: 'Acme', tenant: 'T1', email_domains: ['acme.test'], allows_guests: false, allows_strangers: false },
  ])
  const changed = await owner.api('PATCH', path, {
    email_domains: ['@Acme.test', 'acme.example'],
    allows_strangers: true,
  })
  expect(changed.body.data).toMatchObject({
    email_domains: ['acme.test', 'acme.example'],
    allows_guests: false,
    allows_strangers: true,
    links_owners: true,
  })
  expect((await owner.api('PATCH', path, { email_domains: ['acme'] })).body.error.code).toBe('email_domain_invalid')
  expect((await owner.api('PATCH', path, { allow_guests: true })).status).toBe(400)
  const forget = await foreignInstallation()
  for (const method of ['PATCH', 'DELETE']) {
    const answer = await owner.api(method, `/surface-installations/${FOREIGN}`, method === 'PATCH' ? {} : undefined)
    expect(answer.body.error.code).toBe('surface_installation_not_found')
  }
  await forget()
  // An administrator who is no owner decides too, but no address leads to an owner by it any more.
  const admin = await behalf.addPerson('Ada Admin', 'admin')
  expect((await admin.api('PATCH', path, { allows_guests: true })).body.data).toMatchObject({ links_owners: false })
  expect((await owner.api('DELETE', path)).status).toBe(204)
  expect((await look()).installations).toMatchObject([{ id, removed_at: expect.any(String) }])
  expect(await audited('surface.uninstalled')).toContainEqual({ why: 'administrator' })
  expect((await openInstallationCredential(behalf.ctx, id)).reveal()).toBe('')
})

test('taking a surface out forgets its secrets and installations, and ends the sessions begun through it', async () => {
  const id = await install('T2', 'Acme Labs')
  const { sign_in: signIn } = await look()
  expect(signIn).toEqual({ label: 'Courier', redirect_uri: expect.stringMatching(/\/sign-in\/callback\/sip_/) })
  expect(await signInButtons()).toContain('Sign in with Courier')
  const { db } = behalf.database
  const provider = await db
    .selectFrom('sign_in_providers')
    .select('id')
    .where('label', '=', 'Courier')
    .executeTakeFirstOrThrow()
  await db
    .updateTable('sessions')
    .set({ sign_in_provider_id: provider.id })
    .where('person_id', '=', alice.person.id)
    .execute()
  expect((await owner.api('DELETE', COURIER)).status).toBe(204)
  expect(await look()).toMatchObject({ is_set_up: false, installations: [], sign_in: null })
  expect(await signInButtons()).not.toContain('Courier')
  expect((await alice.api('GET', '/session')).status).toBe(401)
  expect(await db.selectFrom('surface_installations').select('id').where('id', '=', id).execute()).toEqual([])
  expect(await audited('surface_app.removed')).toContainEqual({ surface: 'courier', forgotten: 0 })
  expect((await owner.api('DELETE', COURIER)).status).toBe(204)
})

test('its secrets are sealed for their own row, and wrapped anew when the sealing key is changed', async () => {
  const id = await install('T3')
  const select = behalf.database.db.selectFrom('surface_apps').select(['id', 'sealed_secrets'])
  const app = await select.executeTakeFirstOrThrow()
  const key = async () => (await owner.api('GET', '/workspace/sealing-key')).body.data
  await owner.api('POST', '/workspace/sealing-key/rotate')
  await until(async () => (await key()).version === 2, 20_000)
  await until(async () => (await key()).rotation.remaining === 0, 20_000)
  expect((await select.executeTakeFirstOrThrow()).sealed_secrets).not.toEqual(app.sealed_secrets)
  expect(app.sealed_secrets.toString()).not.toContain('planted')
  expect((await openAppSecret(behalf.ctx, app.id, 'signing_secret')).reveal()).toBe('a-planted-signing-secret')
  expect((await openInstallationCredential(behalf.ctx, id)).reveal()).toBe('a-planted-bot-token')
})

async function signInButtons(): Promise<string> {
  return (await fetch(new URL('/sign-in', behalf.url))).text()
}

const FOREIGN = newId('surfaceInstallation')

/** One of another workspace; what is answered takes it away. */
async function foreignInstallation(): Promise<() => Promise<unknown>> {
  const { db } = behalf.database
  const workspace = { id: newId('workspace'), name: 'Another' }
  await db.insertInto('workspaces').values(workspace).execute()
  const app = await db.selectFrom('surface_apps').selectAll().executeTakeFirstOrThrow()
  const id = newId('surfaceApp')
  const settings = JSON.stringify({})
  await db
    .insertInto('surface_apps')
    .values({ ...app, id, settings, workspace_id: workspace.id })
    .execute()
  const there = { id: FOREIGN, workspace_id: workspace.id, app_id: id, tenant: 'T1', label: 'Another', facts: settings }
  const rest = { sealed_credential: app.sealed_secrets, set_by_owner: true, installed_at: new Date() }
  await db
    .insertInto('surface_installations')
    .values({ ...there, ...rest })
    .execute()
  return async () => {
    await db.deleteFrom('surface_apps').where('id', '=', id).execute()
    await db.deleteFrom('workspaces').where('id', '=', workspace.id).execute()
  }
}

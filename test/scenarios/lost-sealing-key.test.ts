import { randomBytes } from 'node:crypto'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { readConfiguration } from '../../src/server/configuration.ts'
import { keysCommand } from '../../src/server/keys-command.ts'
import { startAuthorizationServer } from '../support/authorization-server.ts'
import { connectAt, createOpportunity, startTestBehalf, type TestBehalf } from '../support/behalf.ts'
import { COURIER_SETTINGS, makeCourier } from '../support/courier.ts'
import { installCourier } from '../support/courier-stage.ts'
import { startKeyStage } from '../support/key-stage.ts'
import { addProduct } from '../support/product.ts'
import { jobEnded, jobIn, startJob } from '../support/run.ts'
import { makeProvider } from '../support/sign-in-stage.ts'

const behalf = await startTestBehalf()
afterAll(() => behalf.stop())

/** Gives the server another key, and starts anew. What the command printed. */
async function loseKey(lost: TestBehalf): Promise<string[]> {
  const printed: string[] = []
  await lost.stopServer()
  lost.settings.BEHALF_SEALING_KEY = randomBytes(32).toString('base64')
  const terminal = { print: (line: string) => void printed.push(line), confirm: async () => true }
  await keysCommand(readConfiguration(lost.settings), 'forget-lost-key', terminal)
  await lost.restart()
  return printed
}

test('what must be given again by hand is listed by the command and by the API, until it is given', async () => {
  const server = await startAuthorizationServer()
  onTestFinished(() => server.stop())
  const stage = await startKeyStage({ otherHosts: [new URL(server.url).host] })
  onTestFinished(() => stage.stop())
  const { owner, parent: notes } = stage
  const crm = await stage.addCrmParent()
  const credential = { key: stage.application.keys.get('bob') }
  const type = () => owner.api('POST', `/connections/${notes}/connect`, { credential })
  expect((await type()).status).toBe(200)
  const provider = await makeProvider(stage, server, {})
  const { id: product } = await addProduct(stage, { origin: 'https://desk.example' }, 'Desk')
  const left = async () => (await owner.api('GET', '/workspace/sealing-key')).body.data.lost_secrets
  expect(await left()).toEqual([])

  const printed = await loseKey(stage)
  const lost = [
    { kind: 'credential', id: notes, name: 'Acme Notes' },
    { kind: 'namespace', id: product, name: 'Desk' },
    { kind: 'oauth_client', id: crm, name: expect.any(String) },
    { kind: 'sign_in_provider', id: provider, name: expect.any(String) },
  ]
  for (const { id } of lost) expect(printed.filter((line) => line.includes(`(${id})`))).toHaveLength(1)
  expect(await left()).toEqual(lost)
  expect((await type()).status).toBe(200)
  await owner.api('PATCH', `/namespaces/${product}`, { renew_signing_secret: true })
  expect(await left()).toEqual(lost.slice(2))
  await owner.api('PATCH', `/connections/${crm}`, { client_secret: 'a-secret-of-the-crm-client' })
  await owner.api('PATCH', `/sign-in-providers/${provider}`, { client_secret: server.client.client_secret })
  expect(await left()).toEqual([])
}, 60_000)

test('a surface keeps no secret of a lost key: it is given again, and installed anew', async () => {
  const stage = await startTestBehalf({ surfaces: [makeCourier().surface] })
  onTestFinished(() => stage.stop())
  const { app } = await installCourier(stage, { tenant: 'T1', label: 'Acme' })
  await loseKey(stage)
  const left = async () => (await stage.owner.api('GET', '/workspace/sealing-key')).body.data.lost_secrets
  expect(await left()).toEqual([{ kind: 'surface_app', id: app.id, name: 'courier' }])
  const look = async () => (await stage.owner.api('GET', '/surfaces/courier')).body.data
  expect((await look()).fields.filter(({ kept }: { kept: boolean }) => kept)).toEqual([])
  expect((await look()).installations).toMatchObject([{ label: 'Acme', removed_at: expect.any(String) }])
  const save = (body: object) => stage.owner.api('PUT', '/surfaces/courier', body)
  expect((await save({})).body.error.code).toBe('surface_settings_invalid')
  expect((await save({ secrets: COURIER_SETTINGS.secrets })).status).toBe(200)
  expect(await left()).toEqual([])
})

test('after the loss of the sealing key one starts anew by command: people are asked again, and no job fails for it', async () => {
  const { owner, settings } = behalf
  const parent = await behalf.addCrmParent()
  await behalf.connectParent(parent, 'Bob Ortiz')
  const recipe = await behalf.addRecipe(createOpportunity(parent, true))
  const alice = await behalf.addPerson('Alice Ng')
  const waiting = await startJob(alice, recipe, { name: 'Waited' })
  const { body: asked } = await alice.api('POST', `/me/connections/${parent}/connect`)
  await alice.browser.open(asked.data.url)
  const bob = await behalf.addPerson('Bob Ortiz')
  const { body: link } = await bob.api('POST', `/me/connections/${parent}/connect`)
  await connectAt(bob, link.data.url, 'Bob Ortiz')
  const before = await startJob(bob, recipe, { name: 'Before' })
  expect(await jobEnded(bob, before)).toMatchObject({ status: 'succeeded' })

  const printed: string[] = []
  const run = (command: string, yes = true) =>
    keysCommand(readConfiguration(settings), command, {
      print: (line) => void printed.push(line),
      confirm: async () => yes,
    })
  const old = settings.BEHALF_SEALING_KEY as string
  settings.BEHALF_SEALING_KEY = randomBytes(32).toString('base64')
  await expect(run('forget-lost-key')).rejects.toMatchObject({ code: 'sealing_key_held' })
  await behalf.stopServer()
  await expect(behalf.restart()).rejects.toMatchObject({ code: 'sealing_key_mismatch' })
  settings.BEHALF_FORMER_SEALING_KEYS = old
  await expect(run('forget-lost-key')).rejects.toMatchObject({ code: 'sealing_key_present' })
  delete settings.BEHALF_FORMER_SEALING_KEYS
  await run('forget-lost-key', false)
  expect(printed).toEqual(['Nothing was done.'])
  expect(await run('forget-lost-key')).toBe(true)
  await run('status')
  expect(printed.slice(-2)).toEqual([
    expect.stringMatching(/^version 1: .*, lost$/),
    expect.stringMatching(/^version 2: .*, in use$/),
  ])
  expect(await run('anything else')).toBe(false)

  await behalf.restart()
  expect(await jobEnded(alice, waiting)).toMatchObject({ status: 'failed', error_code: 'sealing_key_lost' })
  expect(await jobEnded(bob, before)).toMatchObject({ status: 'succeeded' })
  const mine = (await bob.api('GET', '/me/connections')).body.data[0]
  expect(mine.connection).toMatchObject({
    status: 'lost',
    connection_lost_reason: expect.stringContaining('sealing key was lost'),
  })
  const after = await startJob(bob, recipe, { name: 'After' })
  await jobIn(bob, after, 'waiting_for_connection')
  const { body: again } = await bob.api('POST', `/me/connections/${parent}/connect`)
  const page = await (await bob.browser.open(again.data.url)).click('Connect Salesforce')
  expect(page.text()).toContain('Its builder must give one')
  const secret = { client_secret: 'a-secret-of-the-crm-client' }
  expect((await owner.api('PATCH', `/connections/${parent}`, secret)).status).toBe(204)
  const { body: at } = await bob.api('POST', `/me/connections/${parent}/connect`)
  await connectAt(bob, at.data.url, 'Bob Ortiz')
  expect(await jobEnded(bob, after)).toMatchObject({ status: 'succeeded' })
}, 60_000)

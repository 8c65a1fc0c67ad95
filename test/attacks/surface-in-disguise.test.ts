import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestBehalf, type TestBehalf, type TestPerson } from '../support/behalf.ts'
import { COURIER_SETTINGS, makeCourier } from '../support/courier.ts'
import { installCourier, speak, speaksAs } from '../support/courier-stage.ts'

let behalf: TestBehalf
let admin: TestPerson
let installed: Awaited<ReturnType<typeof installCourier>>
beforeAll(async () => {
  behalf = await startTestBehalf({ surfaces: [makeCourier({ issuer: 'https://id.courier.example' }).surface] })
  admin = await behalf.addPerson('Mallory Admin', 'admin')
  await behalf.addPerson('Alice Ng')
})
afterAll(() => behalf.stop())

const ALICE = { user: 'U-alice', email: 'alice@acme.test', emailVerified: true }
const OWNER = { user: 'U-owner', email: 'olivia@acme.test', emailVerified: true }
const save = (body: object, by = admin) => by.api('PUT', '/surfaces/courier', body)
const look = async () => (await admin.api('GET', '/surfaces/courier')).body.data

/** As an owner set it up, with Alice and the owner known there. */
async function begin(): Promise<void> {
  await behalf.owner.api('DELETE', '/surfaces/courier')
  installed = await installCourier(behalf, { tenant: 'T1', label: 'Acme' })
  expect((await speaksAs(behalf, installed, ALICE)).name).toBe('Alice Ng')
  expect((await speaksAs(behalf, installed, OWNER)).name).toBe('Olivia Owner')
}

test('surface-in-disguise: with another address no secret that is kept is sent there', async () => {
  await begin()
  const moved = { settings: { host: 'https://courier.evil.example' } }
  const refused = await save(moved)
  expect(refused).toMatchObject({ status: 422, body: { error: { code: 'surface_settings_invalid' } } })
  const fields = refused.body.error.details.problems.map(({ field }: { field: string }) => field)
  expect(fields).toEqual(['client_secret', 'signing_secret'])
  expect((await save({ ...moved, secrets: { client_secret: 'of mine' } })).status).toBe(422)
  expect(await look()).toMatchObject({
    fields: expect.arrayContaining([expect.objectContaining({ name: 'host', value: 'https://courier.example' })]),
    installations: [{ removed_at: null }],
  })
})

test('surface-in-disguise: another address speaks for nobody whom the former one named, and has nothing it was given', async () => {
  await begin()
  const secrets = { client_secret: 'of mine', signing_secret: 'of mine' }
  expect((await save({ settings: { host: 'https://courier.evil.example' }, secrets })).status).toBe(200)
  expect(await look()).toMatchObject({ installations: [{ removed_at: expect.any(String) }] })
  const { db } = behalf.database
  expect(await db.selectFrom('identities').select('id').where('subject', 'like', 'courier:%').execute()).toEqual([])
})

test('surface-in-disguise: an administrator who gives it secrets of their own speaks in no owner’s name', async () => {
  await begin()
  await save({ settings: COURIER_SETTINGS.settings })
  // Nothing was changed, nothing is lost.
  expect((await speaksAs(behalf, installed, OWNER)).name).toBe('Olivia Owner')
  await save({ secrets: { signing_secret: 'known to mallory' } })
  const [installation] = (await look()).installations
  expect(installation).toMatchObject({ links_owners: false })
  const now = { ...installed, installation: { ...installed.installation, setByOwner: false } }
  expect(await speak(behalf, now, OWNER)).toHaveProperty('refused')
  expect((await speaksAs(behalf, now, ALICE)).name).toBe('Alice Ng')
  await behalf.owner.api('PATCH', `/surface-installations/${installation.id}`, {})
  expect((await speaksAs(behalf, installed, OWNER)).name).toBe('Olivia Owner')
})

test('surface-in-disguise: taking it out and setting it up anew brings nobody’s name back', async () => {
  await begin()
  await admin.api('DELETE', '/surfaces/courier')
  const again = await installCourier(behalf, { tenant: 'T1', label: 'Acme', by: admin })
  expect(await speak(behalf, again, OWNER)).toHaveProperty('refused')
  expect((await speaksAs(behalf, again, { user: 'U-alice' })).name).not.toBe('Alice Ng')
})

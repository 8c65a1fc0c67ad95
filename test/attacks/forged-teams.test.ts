import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Forgery } from '../support/teams/microsoft.ts'
import type { TeamsPerson } from '../support/teams/person.ts'
import { startTeamsStage, type TeamsStage } from '../support/teams/stage.ts'
import { APP, OTHER_TENANT } from '../support/teams/users.ts'

let stage: TeamsStage
let alice: TeamsPerson
beforeAll(async () => {
  stage = await startTeamsStage()
  alice = stage.person('alice')
})
afterAll(() => stage.stop())

const HELP = { type: 'message', text: 'help' }
const past = Math.floor(Date.now() / 1000) - 3600

/** Refused, on record, and nothing of it was handled or answered. */
async function expectRefused(activity: object, forgery: Forgery | undefined, why: string): Promise<void> {
  const [calls, events] = [stage.microsoft.calls.length, await countEvents()]
  const { status, body } = await alice.send({ ...HELP, ...activity }, forgery)
  expect([status, body.error.code]).toEqual([401, 'activity_refused'])
  expect((await stage.audit('surface.request_refused')).at(-1)).toMatchObject({ why })
  expect(await countEvents()).toBe(events)
  expect(stage.microsoft.calls).toHaveLength(calls)
}

const countEvents = async () => (await stage.database.db.selectFrom('surface_events').select('id').execute()).length

test.each<[string, Forgery]>([
  ['of another issuer', { claims: { iss: 'https://sts.windows.net/evil/' } }],
  ['to another app', { claims: { aud: 'another-app' } }],
  ['that is over', { claims: { exp: past } }],
  ['without an end', { claims: { exp: 'never' } }],
  ['that is not signed', { signed: 'not at all' }],
  ['signed with what everybody knows', { signed: 'with the app id' }],
  ['of a key that is not published', { signed: 'by another key' }],
  ['of a key that is not endorsed for Teams', { signed: 'by a key without endorsement' }],
  ['with a key that nobody knows', { header: { kid: 'three' } }],
])('forged-teams: a token %s lets nobody in', async (_what, forgery) => {
  await expectRefused({}, forgery, 'token')
})

test('forged-teams: an activity of another tenant, or of none, is refused, whoever signed it', async () => {
  const conversation = (tenantId?: string) => ({ conversation: { id: 'a:x', conversationType: 'personal', tenantId } })
  await expectRefused({ ...conversation(OTHER_TENANT) }, undefined, 'tenant')
  await expectRefused({ channelData: { tenant: { id: OTHER_TENANT } } }, undefined, 'tenant')
  await expectRefused({ ...conversation(), channelData: {} }, undefined, 'tenant')
  await expectRefused({ channelId: 'webchat' }, undefined, 'channel')
})

test('forged-teams: without a token, to an app that is not there, and with another app’s token, nobody is let in', async () => {
  const send = (id: string, headers: Record<string, string>) =>
    fetch(new URL(`/surfaces/teams/${id}/messages`, stage.url), { method: 'POST', headers, body: JSON.stringify(HELP) })
  expect((await send(stage.appId, {})).status).toBe(401)
  const authorization = `Bearer ${await stage.microsoft.sign()}`
  expect((await send(stage.appId.replace(/.$/, 'z'), { authorization })).status).toBe(401)
  expect((await send('none', { authorization })).status).toBe(401)
})

test('wrong-service-url: the bot speaks only to the address that Microsoft signed, and only to Microsoft’s', async () => {
  const serviceUrl = 'https://smba.evil.test/teams/'
  await expectRefused({ serviceUrl }, undefined, 'service_url')
  await expectRefused({ serviceUrl }, { claims: { serviceurl: serviceUrl } }, 'service_url')
  const other = `${stage.microsoft.url}/elsewhere/`
  await expectRefused({ serviceUrl: other }, undefined, 'service_url_claim')
  await expectRefused({}, { claims: { serviceurl: undefined } }, 'service_url_claim')
})

test('replayed-teams: an activity that is delivered twice, or sent again, runs once', async () => {
  const activity = { type: 'message', id: 'replayed', text: 'create opportunity name: Once' }
  const answers = await Promise.all([alice.send(activity), alice.send(activity), alice.send(activity)])
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
  await alice.reads('works with your own Salesforce account')
  await alice.send(activity)
  await alice.says('help')
  await alice.reads('You can run these')
  expect(await stage.jobs()).toHaveLength(1)
})

test('forged-teams: keys that nobody knows have the published ones read at most once a minute', async () => {
  let reads = 0
  const before = stage.microsoft.onKeys
  stage.microsoft.onKeys = () => {
    reads += 1
  }
  stage.advance(120_000)
  for (let i = 0; i < 5; i++) await alice.send(HELP, { header: { kid: `guess-${i}` } })
  expect(reads).toBe(1)
  stage.microsoft.onKeys = before
})

test('forged-teams: the playground’s mode, and a stand-in, cannot be set up for a server that others reach, nor used there', async () => {
  const { problems } = stage.ctx.surfaces.get('teams')?.setUp ?? {}
  const playground = { mode: 'playground', app_id: APP.client_id, tenant_id: 'x', stand_in: 'http://10.0.0.1:80' }
  expect(problems?.(playground).map(({ field }) => field)).toEqual(['stand_in'])
  const publicUrl = stage.ctx.publicUrl
  try {
    stage.ctx.publicUrl = new URL('https://behalf.acme.test')
    expect(problems?.({ ...playground, stand_in: 'http://127.0.0.1:80' }).map(({ field }) => field)).toEqual([
      'mode',
      'stand_in',
    ])
    const answer = await alice.send(HELP)
    expect(answer.status).not.toBe(200)
  } finally {
    stage.ctx.publicUrl = publicUrl
  }
})

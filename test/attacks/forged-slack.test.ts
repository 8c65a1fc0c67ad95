import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Loopback, loopbackHttp } from '../support/loopback.ts'
import { bodyOf, post, signed } from '../support/slack/deliver.ts'
import { sample } from '../support/slack/samples.ts'
import { linkIn, type SlackStage, startSlackStage } from '../support/slack/stage.ts'
import { APP } from '../support/slack/world.ts'
import { until } from '../support/until.ts'

let stage: SlackStage
let url: string
let elsewhere: Loopback
beforeAll(async () => {
  elsewhere = await loopbackHttp((_, response) => void response.end())
  stage = await startSlackStage({ otherHosts: [`localhost:${elsewhere.port}`] })
  url = stage.slack.requestUrl ?? ''
  const { bob } = stage
  await bob.says('create opportunity name: First')
  await stage.connect(bob, linkIn(await bob.reads('works with your own Salesforce account')), 'Bob Ortiz')
  await bob.reads('Created First.')
})
afterAll(async () => {
  await stage.stop()
  await elsewhere[Symbol.asyncDispose]()
})

let count = 0
/** The request of a command of Alice’s, as Slack would write it. */
const commandOf = (text: string, more: object = {}) =>
  bodyOf({
    kind: 'slash_commands',
    payload: sample('slash-command', {
      team_id: 'T0000ACME',
      channel_id: 'C000SALES',
      user_id: 'U000ALICE',
      user_name: 'alice',
      text,
      api_app_id: APP.app_id,
      trigger_id: `attack.${count++}`,
      response_url: `${stage.slack.url}/actions/T0000ACME/none`,
      ...more,
    }),
  })

const at = (seconds: number) => new Date(Date.now() + seconds * 1000)

async function written(): Promise<number> {
  return (await stage.database.db.selectFrom('surface_events').select('id').execute()).length
}

/** It is refused, and nothing is done, written down or told. */
async function expectRefused(
  body: string,
  headers: Record<string, string>,
  type = bodyOf({ kind: 'slash_commands', payload: {} }).type,
) {
  const before = [await written(), stage.slack.calls().length, (await stage.jobs()).length]
  const answer = await post(url, body, { 'content-type': type, ...headers })
  expect(answer.status).toBe(401)
  expect((await stage.audit('surface.request_refused')).at(-1)).toMatchObject({ surface: 'slack', why: 'signature' })
  expect(answer.body.error.code).toBe('signature_refused')
  expect([await written(), stage.slack.calls().length, (await stage.jobs()).length]).toEqual(before)
}

test('forged-slack: what is not signed with the app’s own secret, over the very body, is refused', async () => {
  const { body, type } = commandOf('create opportunity name: Forged')
  const good = signed(APP.signing_secret, body, new Date())
  const forgeries: [string, Record<string, string>][] = [
    [body, {}],
    [body, signed('another-secret', body, new Date())],
    [body, signed('', body, new Date())],
    [`${body}&user_id=U000BOB`, good],
    [body, { ...good, 'x-slack-signature': '' }],
    [body, { ...good, 'x-slack-signature': good['x-slack-signature']?.replace('v0=', 'v1=') ?? '' }],
    [body, { ...good, 'x-slack-signature': `${good['x-slack-signature']}0` }],
    [body, { 'x-slack-signature': good['x-slack-signature'] ?? '' }],
    [body, { ...good, 'x-slack-request-timestamp': String(Number(good['x-slack-request-timestamp']) + 1) }],
    [body, { ...good, 'x-slack-request-timestamp': 'now' }],
  ]
  for (const [forged, headers] of forgeries) await expectRefused(forged, headers)
  const event = JSON.stringify(sample('url-verification', { challenge: 'reflected' }))
  await expectRefused(event, {}, 'application/json')
  expect((await post(url, body, { ...good, 'content-type': type })).status).toBe(200)
  await stage.alice.reads('create opportunity', 'sales')
})

test('forged-slack: another app’s requests, and those of a team where the app is not installed, do nothing', async () => {
  const before = (await stage.jobs()).length
  const { body, type } = commandOf('create opportunity name: Elsewhere', { team_id: 'T000EVIL' })
  const answer = await post(url, body, { 'content-type': type, ...signed(APP.signing_secret, body, new Date()) })
  expect(answer.status).toBe(200)
  await stage.bob.says('help')
  await stage.bob.reads('create opportunity')
  expect(await stage.jobs()).toHaveLength(before)
})

test('forged-slack: a button that Bob was never shown, of Alice’s job, gives him no right', async () => {
  const { alice, bob, slack } = stage
  await alice.says('create opportunity name: Not his')
  const prompt = await alice.reads('works with your own Salesforce account')
  const [job] = (await stage.database.db.selectFrom('jobs').select('id').orderBy('id', 'desc').execute()) ?? []
  for (const press of [
    { do: 'cancel', job: job?.id },
    { do: 'connect', parent: 'con_none' },
    { do: 'rule', them: 'all' },
  ]) {
    await slack.send({
      kind: 'interactive',
      payload: sample('block-actions', {
        user: { id: bob.user.id, username: 'bob', name: 'bob', team_id: 'T0000ACME' },
        team: { id: 'T0000ACME', domain: 'acme' },
        api_app_id: APP.app_id,
        trigger_id: `attack.${count++}`,
        container: { type: 'message', message_ts: prompt.ts, channel_id: 'C000SALES', is_ephemeral: true },
        channel: { id: 'C000SALES', name: 'sales' },
        actions: [
          { type: 'button', action_id: 'press:x:0', block_id: 'b', value: JSON.stringify(press), action_ts: '1' },
        ],
      }),
    })
  }
  await until(async () => (await bob.sees('sales')).filter(({ isPrivate }) => isPrivate).length >= 3)
  expect((await stage.jobs()).at(-1)?.status).toBe('waiting_for_connection')
  await stage.connect(alice, linkIn(prompt), 'Alice Ng')
  await alice.reads('Created Not his.')
})

test('forged-slack: a response URL that is not Slack’s is sent nothing', async () => {
  const evil = `http://localhost:${elsewhere.port}/collect`
  const { body, type } = commandOf('connections', { response_url: evil })
  await post(url, body, { 'content-type': type, ...signed(APP.signing_secret, body, new Date()) })
  await stage.alice.reads('Here is a list of your connections', 'sales')
  expect(elsewhere.connections).toBe(0)
})

test('stale-slack: what is older than five minutes, or of the future, is refused although it is signed', async () => {
  const jobs = (await stage.jobs()).length
  for (const seconds of [-301, -86_400, 302]) {
    const { body, type } = commandOf('create opportunity name: Stale')
    const answer = await post(url, body, { 'content-type': type, ...signed(APP.signing_secret, body, at(seconds)) })
    expect(answer.status).toBe(401)
  }
  const { body, type } = commandOf('connections')
  const fresh = await post(url, body, { 'content-type': type, ...signed(APP.signing_secret, body, at(-290)) })
  expect(fresh.status).toBe(200)
  expect(await stage.jobs()).toHaveLength(jobs)
})

test('replayed-slack: a request that is sent again, as a retry or not, at once or later, is done once', async () => {
  const { bob } = stage
  const { body, type } = commandOf('create opportunity name: Replayed', { user_id: 'U000BOB', user_name: 'bob' })
  const headers = { 'content-type': type, ...signed(APP.signing_secret, body, new Date()) }
  const retry = { ...headers, 'x-slack-retry-num': '1', 'x-slack-retry-reason': 'http_timeout' }
  const answers = await Promise.all([headers, headers, retry].map((each) => post(url, body, each)))
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
  await bob.reads('Created Replayed.', 'sales')
  await stage.restart()
  expect((await post(url, body, headers)).status).toBe(200)
  await bob.says('create opportunity name: After it')
  await bob.reads('Created After it.')
  expect(stage.crm.opportunities().filter(({ name }) => name === 'Replayed')).toHaveLength(1)
})

import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Loopback, loopbackHttp } from '../loopback.ts'
import { type Slack, startSlack } from './driver.ts'
import type { Json } from './team.ts'
import { ACME, APP, GLOBEX, GRID } from './world.ts'

interface Heard {
  headers: Json
  body: string
  payload: Json
}

let slack: Slack
let app: Loopback
let token: string
const heard: Heard[] = []
let answer: Json = null

/** The smallest app: keeps what it hears, and answers what it is told to. */
beforeAll(async () => {
  app = await loopbackHttp(({ headers }, response, body) => {
    const form = new URLSearchParams(body)
    const payload = body.startsWith('{')
      ? JSON.parse(body)
      : JSON.parse(form.get('payload') ?? JSON.stringify(Object.fromEntries(form)))
    heard.push({ headers, body, payload })
    response.writeHead(200, { 'content-type': 'application/json' }).end(answer ? JSON.stringify(answer) : '')
  })
  slack = await startSlack({ teams: [ACME, GLOBEX, ...GRID], requestUrl: `http://${app.host}/` })
  token = slack.install(ACME.id)
})
afterAll(async () => {
  await slack.stop()
  await app[Symbol.asyncDispose]()
})
beforeEach(() => {
  heard.length = 0
  answer = null
})

async function call(method: string, args: object, as = token): Promise<Json> {
  const headers = { authorization: `Bearer ${as}`, 'content-type': 'application/x-www-form-urlencoded' }
  const form = Object.entries(args).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ])
  const body = new URLSearchParams(form)
  return (await fetch(`${slack.url}/api/${method}`, { method: 'POST', headers, body })).json()
}

const button = (label: string, value = '1') => ({
  type: 'actions',
  block_id: 'b1',
  elements: [{ type: 'button', action_id: 'a1', text: { type: 'plain_text', text: label }, value }],
})

test('what somebody says to the bot is signed, and told once', async () => {
  const alice = slack.person('alice')
  expect((await alice.says('help')).status).toBe(200)
  const [{ headers, body, payload } = {} as Heard] = heard
  const base = `v0:${headers['x-slack-request-timestamp']}:${body}`
  const signature = createHmac('sha256', APP.signing_secret).update(base).digest('hex')
  expect(headers['x-slack-signature']).toBe(`v0=${signature}`)
  expect(payload).toMatchObject({
    team_id: 'T0000ACME',
    event: { user: 'U000ALICE', text: 'help', channel_type: 'im' },
  })
  expect((await alice.sees()).map(({ text }) => text)).toEqual(['help'])
  expect(await slack.person('bob').sees()).toEqual([])
})

test('in a channel only what mentions the bot is told, and repetitions say so', async () => {
  const bob = slack.person('bob')
  await bob.saysIn('sales', 'good morning')
  slack.sendTimes = 2
  await bob.saysIn('sales', '@Behalf help')
  slack.sendTimes = 1
  expect(heard.map(({ payload, headers }) => [payload.event.type, headers['x-slack-retry-num']])).toEqual([
    ['app_mention', undefined],
    ['app_mention', '1'],
  ])
  expect(heard[0]?.payload.event_id).toBe(heard[1]?.payload.event_id)
  expect((await slack.person('alice').sees('sales')).map(({ text }) => text)).toContain('good morning')
})

test('what is ephemeral is seen by one person, and can be replaced five times in half an hour', async () => {
  const [alice, bob] = [slack.person('alice'), slack.person('bob')]
  const args = { channel: 'C000SALES', user: 'U000ALICE', text: 'psst', blocks: [button('Connect')] }
  expect(await call('chat.postEphemeral', args)).toMatchObject({ ok: true })
  const seen = (await alice.sees('sales')).at(-1)
  expect(seen).toMatchObject({ isPrivate: true, buttons: ['Connect'] })
  expect((await bob.sees('sales')).filter(({ isPrivate }) => isPrivate)).toEqual([])
  if (!seen) throw new Error('not seen')
  await alice.presses(seen, 'Connect')
  const pressed = heard[0]?.payload
  expect(pressed).toMatchObject({ container: { is_ephemeral: true }, actions: [{ value: '1', block_id: 'b1' }] })
  const reply = (message: object) =>
    fetch(pressed.response_url, { method: 'POST', body: JSON.stringify(message) }).then(({ status }) => status)
  expect(await reply({ replace_original: true, text: 'done' })).toBe(200)
  expect((await alice.sees('sales')).at(-1)?.text).toBe('done')
  expect(await reply({ delete_original: true })).toBe(200)
  expect((await alice.sees('sales')).some(({ text }) => text === 'done')).toBe(false)
  for (let i = 0; i < 3; i++) expect(await reply({ text: 'more' })).toBe(200)
  expect(await reply({ text: 'too much' })).toBe(404)
})

test('a command opens a form within three seconds, once, and takes what is filled in', async () => {
  const alice = slack.person('alice')
  answer = { response_type: 'ephemeral', text: 'wait' }
  await alice.runs('/behalf', 'create', 'sales')
  expect((await alice.sees('sales')).at(-1)).toMatchObject({ text: 'wait', isPrivate: true })
  const { trigger_id } = heard[0]?.payload ?? {}
  const text = (words: string) => ({ type: 'plain_text', text: words })
  const input = {
    type: 'input',
    block_id: 'name',
    label: text('Name'),
    element: { type: 'plain_text_input', action_id: 'v' },
  }
  const view = { type: 'modal', title: text('Create'), submit: text('Run'), blocks: [input] }
  expect(await call('views.open', { trigger_id, view })).toMatchObject({ ok: true })
  expect(await call('views.open', { trigger_id, view })).toMatchObject({ error: 'exchanged_trigger_id' })
  expect(await alice.fills({})).toMatchObject({ errors: { Name: expect.stringContaining('required') } })
  answer = { response_action: 'errors', errors: { name: 'is taken' } }
  expect(await alice.fills({ Name: 'Acme' })).toEqual({ errors: { Name: 'is taken' }, isClosed: false })
  answer = null
  expect(await alice.fills({ Name: 'Beta' })).toEqual({ errors: {}, isClosed: true })
  expect(heard.at(-1)?.payload.view.state.values).toEqual({ name: { v: { type: 'plain_text_input', value: 'Beta' } } })
  await alice.runs('/behalf', 'again')
  slack.advance(3001)
  const late = heard.at(-1)?.payload.trigger_id
  expect(await call('views.open', { trigger_id: late, view })).toMatchObject({ error: 'expired_trigger_id' })
})

test('users are what they are: guests, strangers, deactivated, bots', async () => {
  const info = async (user: string) => (await call('users.info', { user })).user
  expect(await info('U000GINA')).toMatchObject({ is_restricted: true, team_id: 'T0000ACME' })
  expect(await info('U000DORA')).toMatchObject({ deleted: true })
  expect(await info('U000ROBOT')).toMatchObject({ is_bot: true })
  expect(await info('U000SAM')).toMatchObject({ team_id: 'T00GLOBEX' })
  expect(await info('U000ALICE')).toMatchObject({ is_email_confirmed: true, profile: { email: 'alice@acme.test' } })
})

test('the bot speaks only where it is, with a token that lives, and as much as Slack takes', async () => {
  const say = (args: object, as?: string) => call('chat.postMessage', { text: 'hi', ...args }, as)
  expect(await say({ channel: 'C000SALES' })).toMatchObject({ ok: true })
  expect(await say({ channel: 'C000LOUNGE' })).toMatchObject({ error: 'not_in_channel' })
  expect(await say({ channel: 'C000SALES' }, 'xoxb-guessed')).toMatchObject({ error: 'invalid_auth' })
  const many = Array.from({ length: 51 }, () => ({ type: 'divider' }))
  expect(await say({ channel: 'C000SALES', blocks: many })).toMatchObject({ error: 'invalid_blocks' })
  slack.failNext('chat.postMessage', { retryAfterSeconds: 1 })
  expect(await say({ channel: 'C000SALES' })).toMatchObject({ error: 'ratelimited' })
  slack.failNext('chat.postMessage', { error: 'is_archived' })
  expect(await say({ channel: 'C000SALES' })).toMatchObject({ error: 'is_archived' })
  const other = slack.install(GLOBEX.id)
  expect(await say({ channel: 'C000SALES' }, other)).toMatchObject({ error: 'channel_not_found' })
  const dm = (await call('conversations.open', { users: 'U000BOB' })).channel.id
  expect(await say({ channel: dm })).toMatchObject({ ok: true })
  expect((await slack.person('bob').sees()).at(-1)?.text).toBe('hi')
})

test('one token speaks in every team of an enterprise', async () => {
  const org = slack.install('E0INITECH')
  for (const channel of ['C0IEAST', 'C0IWEST'])
    expect(await call('chat.postMessage', { channel, text: 'hi' }, org)).toMatchObject({ ok: true })
  expect((await slack.person('peter', 'T0INIWEST').sees('west')).at(-1)?.text).toBe('hi')
  await slack.person('peter', 'T0INIWEST').says('help')
  expect(heard[0]?.payload).toMatchObject({ enterprise_id: 'E0INITECH', team_id: 'T0INIWEST' })
})

test('over a WebSocket the same comes in envelopes, and is acknowledged', async () => {
  const opened = await call('apps.connections.open', {}, APP.app_token)
  const socket = new WebSocket(opened.url)
  const messages: Json[] = []
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data)
    messages.push(message)
    if (message.envelope_id) socket.send(JSON.stringify({ envelope_id: message.envelope_id }))
  }
  await new Promise((open) => socket.addEventListener('open', open))
  const { requestUrl } = slack
  slack.requestUrl = null
  expect((await slack.person('alice').says('help')).status).toBe(200)
  slack.requestUrl = requestUrl
  expect(messages.map(({ type }) => type)).toEqual(['hello', 'events_api'])
  const closed = new Promise((close) => socket.addEventListener('close', close))
  slack.sockets.drop(false)
  await closed
  expect(messages.at(-1)?.type).toBe('disconnect')
})

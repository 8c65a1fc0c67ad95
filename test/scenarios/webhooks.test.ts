import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestBehalf, type TestBehalf } from '../support/behalf.ts'

let behalf: TestBehalf
let address = ''

beforeAll(async () => {
  behalf = await startTestBehalf()
  const output = { body: '{{ trigger.body }}', headers: '{{ trigger.headers }}', query: '{{ trigger.query }}' }
  const steps = [{ kind: 'reply', name: 'answer', text: 'Got it.', output }]
  const trigger = { kind: 'webhook', respond: 'when_done' }
  const id = await behalf.addRecipe({ name: 'Hook', trigger, steps })
  address = (await behalf.owner.api('POST', `/recipes/${id}/webhook`)).body.data.url
})
afterAll(() => behalf?.stop())

const send = (init: RequestInit = {}, query = '') => fetch(address + query, { method: 'POST', ...init })
const json = { 'content-type': 'application/json' }

async function given(init: RequestInit, query = '') {
  const response = await send(init, query)
  expect(response.status).toBe(200)
  return (await response.json()).data.output
}

test('a webhook gives every header but credentials and those of the connection', async () => {
  const kept = { 'stripe-signature': 't=1,v1=2', 'x-hub-signature-256': 'sha256=3', 'x-acme': 'mine' }
  const dropped = { authorization: 'Bearer x', cookie: 'a=b', 'proxy-authorization': 'Basic x', te: 'trailers' }
  const { headers } = await given({ headers: { ...json, ...kept, ...dropped }, body: '{}' })
  expect(headers).toMatchObject({ ...kept, ...json })
  for (const name of [...Object.keys(dropped), 'connection']) expect(headers).not.toHaveProperty(name)
})

test('a value that comes more than once is a list, in the address as in a form', async () => {
  const form = new URLSearchParams('a=1&a=2&b=3')
  const { query, body } = await given({ body: form }, '?x=1&x=2&y=3')
  expect({ query, body }).toEqual({ query: { x: ['1', '2'], y: '3' }, body: { a: ['1', '2'], b: '3' } })
})

test.each(['idempotency-key', 'webhook-id'])(
  'the same %s starts one job, and is refused with another body',
  async (name) => {
    const headers = { ...json, [name]: name }
    const answers = await Promise.all([1, 2, 3].map(() => send({ headers, body: '{"n":1}' })))
    const ids = await Promise.all(answers.map(async (answer) => (await answer.json()).data.job_id))
    expect(new Set(ids).size).toBe(1)
    const other = await send({ headers, body: '{"n":2}' })
    expect(other.status).toBe(409)
    const long = await send({ headers: { ...json, [name]: 'x'.repeat(201) }, body: '{}' })
    expect([long.status, (await long.json()).error.code]).toEqual([400, 'request_invalid'])
  },
)

test('a body above 1 MiB is refused with the limit, however its length is told', async () => {
  const text = JSON.stringify({ text: 'x'.repeat(1024 * 1024) })
  const streamed = { body: new Blob([text]).stream(), duplex: 'half' } as RequestInit
  for (const init of [{ body: text }, streamed]) {
    const answer = await send({ headers: json, ...init })
    expect(answer.status).toBe(413)
    expect((await answer.json()).error).toEqual({ code: 'request_too_large', message: 'Send at most 1 MiB.' })
  }
})

test.each(['GET', 'PUT', 'DELETE'])('%s of a webhook’s address says that it wants a POST', async (method) => {
  const answer = await send({ method })
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST'])
  expect((await answer.json()).error.code).toBe('method_not_allowed')
})

test('a body is JSON however its type is spelt, and one that nests too deep is refused', async () => {
  const { body } = await given({ headers: { 'content-type': 'Application/JSON' }, body: '{"a":1}' })
  expect(body).toEqual({ a: 1 })
  for (const deep of [`${'['.repeat(100_000)}${']'.repeat(100_000)}`, `${'{"a":'.repeat(201)}1${'}'.repeat(201)}`]) {
    const answer = await send({ headers: json, body: deep })
    expect([answer.status, (await answer.json()).error.code]).toEqual([400, 'request_invalid'])
  }
})

test('an address that can be none is not found', async () => {
  const answer = await fetch(new URL('/hooks/%00/secret', behalf.url), { method: 'POST' })
  expect([answer.status, (await answer.json()).error.code]).toEqual([404, 'webhook_not_found'])
})

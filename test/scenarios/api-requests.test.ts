import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cookieOf } from '../../src/commands/identify.ts'
import { deactivatePerson } from '../../src/commands/people/deactivate-person.ts'
import { actorOf } from '../../src/people/actor.ts'
import { createApiKey, revokeApiKey } from '../../src/people/api-keys.ts'
import type { Privilege } from '../../src/people/privileges.ts'
import { startSession } from '../../src/people/sessions.ts'
import { startTestBehalf, type TestBehalf } from '../support/behalf.ts'
import { until } from '../support/until.ts'

let behalf: TestBehalf
let ownerCookie: string
beforeAll(async () => {
  behalf = await startTestBehalf()
  const wanted = { personId: behalf.owner.person.id, userAgent: null, now: new Date() }
  ownerCookie = `${cookieOf(behalf.ctx).name}=${(await startSession(behalf.ctx.db, wanted)).token}`
}, 60_000)
afterAll(() => behalf?.stop())

const project = (name: string) => ({ method: 'POST', body: JSON.stringify({ name }) })
const JSON_TYPE = { 'content-type': 'application/json' }

async function call(path: string, init: RequestInit = {}) {
  const response = await fetch(new URL(path, behalf.url), init)
  const text = await response.text()
  // biome-ignore lint/suspicious/noExplicitAny: what the API answers is asserted on, field by field
  return { status: response.status, headers: response.headers, body: (text ? JSON.parse(text) : null) as any }
}

async function keyWith(privileges: Privilege[], expiresAt: Date | null = null) {
  const creator = actorOf(behalf.owner.person)
  return createApiKey(behalf.ctx.db, { creator, name: 'test', privileges, expiresAt, now: new Date() })
}

describe('who acts', () => {
  test('nobody is told to sign in, on every route but the published documents', async () => {
    const answer = await call('/api/people')
    expect(answer.status).toBe(401)
    expect(answer.body.error).toEqual({ code: 'not_signed_in', message: expect.stringContaining('Sign in') })
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    expect((await call('/api/openapi.json')).status).toBe(200)
    expect((await call('/api/schemas/recipe.json')).status).toBe(200)
  })

  test('a session and an API key at once are refused, so that it is never in doubt whose rights count', async () => {
    const { token } = await keyWith(['people.view'])
    const answer = await call('/api/people', { headers: { cookie: ownerCookie, authorization: `Bearer ${token}` } })
    expect([answer.status, answer.body.error.code]).toEqual([400, 'two_credentials'])
  })

  test('a key that is unknown, revoked or expired is refused, and put on record', async () => {
    const { token, key } = await keyWith(['people.view'])
    await revokeApiKey(behalf.ctx.db, { workspaceId: key.workspaceId, id: key.id, now: new Date() })
    for (const authorization of [`Bearer ${token}`, `Bearer bhk_${'a'.repeat(43)}`, 'Bearer', 'Basic b3duZXI6cHc=']) {
      const answer = await call('/api/people', { headers: { authorization } })
      expect([answer.status, answer.body.error.code]).toEqual([401, 'api_key_refused'])
      expect(JSON.stringify(answer.body)).not.toContain(token)
    }
    const { body } = await behalf.owner.api('GET', '/audit_events?action=api_key.refused')
    expect(body.data).toHaveLength(4)
  })

  test('a key does no more than its maker may still do', async () => {
    const { person } = await behalf.addPerson('Adam Admin', 'admin')
    const wanted = { creator: actorOf(person), name: 'his', privileges: ['people.view' as const], expiresAt: null }
    const { token } = await createApiKey(behalf.ctx.db, { ...wanted, now: new Date() })
    const headers = { authorization: `Bearer ${token}` }
    expect((await call('/api/people', { headers })).status).toBe(200)
    await behalf.owner.api('PATCH', `/people/${person.id}`, { role: 'member' })
    expect((await call('/api/people', { headers })).status).toBe(403)
    await deactivatePerson(behalf.ctx, actorOf(behalf.owner.person), { personId: person.id })
    expect((await call('/api/people', { headers })).status).toBe(401)
  })

  test('many unknown keys from one address are slowed down, good keys from it are not', async () => {
    const { token } = await keyWith(['people.view'])
    const authorization = `Bearer bhk_${'b'.repeat(43)}`
    const limited = await until(async () => {
      const answer = await call('/api/people', { headers: { authorization } })
      return answer.status === 429 ? answer : undefined
    })
    expect(limited.body.error.code).toBe('too_many_attempts')
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await call('/api/people', { headers: { authorization: `bearer ${token}` } })).status).toBe(200)
  })
})

describe('another site', () => {
  const send = (headers: Record<string, string>) =>
    call('/api/projects', { ...project('From elsewhere'), headers: { ...JSON_TYPE, cookie: ownerCookie, ...headers } })

  test.each([
    ['another origin', { origin: 'https://evil.test' }],
    ['another port of this host', { origin: 'http://127.0.0.1:1' }],
    ['an opaque origin', { origin: 'null' }],
    ['no origin', {}],
    ['no origin, and says so', { 'sec-fetch-site': 'cross-site' }],
  ])('changes nothing by a person’s cookie: %s', async (_, headers: Record<string, string>) => {
    const answer = await send(headers)
    expect([answer.status, answer.body.error.code]).toEqual([403, 'cross_site_refused'])
    const { body } = await behalf.owner.api('GET', '/projects')
    expect(body.data.map(({ name }: { name: string }) => name)).not.toContain('From elsewhere')
  })

  test('is not our own page', async () => {
    const answer = await call('/api/projects', {
      ...project('From here'),
      headers: { ...JSON_TYPE, cookie: ownerCookie, origin: behalf.url.origin },
    })
    expect(answer.status).toBe(201)
  })

  test('is not a program with a key, which no browser sends by itself', async () => {
    const { token } = await keyWith(['projects.edit'])
    const headers = { ...JSON_TYPE, authorization: `Bearer ${token}` }
    expect((await call('/api/projects', { ...project('By program'), headers })).status).toBe(201)
  })
})

describe('a request that does not fit', () => {
  const post = (body: string, type = 'application/json') =>
    call('/api/people', {
      method: 'POST',
      headers: { cookie: ownerCookie, origin: behalf.url.origin, ...(type && { 'content-type': type }) },
      body,
    })

  test('names every field that is wrong, and never its value', async () => {
    const { status, body } = await post(JSON.stringify({ name: 7, role: 'emperor', password: 'planted-secret' }))
    expect([status, body.error.code]).toEqual([400, 'request_invalid'])
    expect(body.error.details.problems.map(({ path }: { path: string }) => path).sort()).toEqual([
      'body.email',
      'body.name',
      'body.role',
    ])
    expect(body.error.message).toMatch(/^The request does not fit: body\./)
    expect(JSON.stringify(body)).not.toContain('planted-secret')
  })

  test.each([
    ['broken JSON', '{"name": ', 'application/json'],
    ['no JSON', 'name=Nina', 'application/x-www-form-urlencoded'],
    ['an empty body', '', 'application/json'],
    ['a list', '[]', 'application/json'],
    ['a NUL', JSON.stringify({ name: 'Nina', email: 'nina\u0000@acme.test' }), 'application/json'],
  ])('is a readable error: %s', async (_, body, type) => {
    const answer = await post(body, type)
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.status).toBeLessThan(423)
    expect(answer.body.error.message.length).toBeGreaterThan(10)
  })

  test('is told that a NUL cannot be kept, wherever it stands', async () => {
    const answer = await call('/api/connections/runtime_user_connections?q=%00', { headers: { cookie: ownerCookie } })
    expect([answer.status, answer.body.error.code]).toEqual([400, 'request_invalid'])
  })

  test('holds no field that is not known, in no route, in no depth', async () => {
    const { body: document } = await call('/api/openapi.json')
    const open = operations(document).flatMap(({ operation }) =>
      openObjects(operation.requestBody?.content['application/json'].schema, document.components.schemas).map(
        (schema) => `${operation.operationId}: ${Object.keys(schema.properties)}`,
      ),
    )
    expect(open).toEqual([])
    const headers = { cookie: ownerCookie, origin: behalf.url.origin, ...JSON_TYPE }
    for (const [path, sent, field] of [
      ['/api/projects', { name: 'Misspelt', nmae: 'x' }, 'body.nmae'],
      ['/api/people', { name: 'Nina', email: 'nina@acme.test', rolle: 'admin' }, 'body.rolle'],
      ['/api/chat/messages', { text: 'help', txt: 'x' }, 'body.txt'],
    ] as const) {
      const answer = await call(path, { method: 'POST', headers, body: JSON.stringify(sent) })
      expect([answer.status, answer.body.error.code]).toEqual([400, 'request_invalid'])
      expect(answer.body.error.message).toContain(`${field}: is not known here`)
    }
    expect(JSON.stringify((await call('/api/projects', { headers })).body)).not.toContain('Misspelt')
  })

  test('answers a job by a choice or by values, not both', async () => {
    const answered = { step: 'ask', choice: 'yes', values: { name: 'x' } }
    const headers = { cookie: ownerCookie, origin: behalf.url.origin, ...JSON_TYPE }
    const sent = { method: 'POST', headers, body: JSON.stringify(answered) }
    const { status, body } = await call('/api/jobs/job_1/answer', sent)
    expect([status, body.error.details.problems[0].path]).toEqual([400, 'body.values'])
  })

  test('says which parameter of the address is wrong', async () => {
    for (const [path, field] of [
      ['/api/recipes/123', 'path.id'],
      ['/api/recipes?limit=1000', 'query.limit'],
      ['/api/recipes?limit=many', 'query.limit'],
      ['/api/jobs?status=sleeping', 'query.status'],
      ['/api/jobs?before=rcp_1', 'query.before'],
    ]) {
      const answer = await call(path ?? '', { headers: { cookie: ownerCookie } })
      expect([answer.status, answer.body.error.details.problems[0].path]).toEqual([400, field])
    }
  })

  test('may not be larger than 2 MiB, whether it tells its length or not', async () => {
    const large = JSON.stringify({ name: 'x'.repeat(2 * 1024 * 1024) })
    const told = await post(large)
    expect([told.status, told.body.error.code]).toEqual([413, 'request_too_large'])
    const stream = new Blob([large]).stream()
    const untold = await call('/api/people', {
      method: 'POST',
      headers: { ...JSON_TYPE, cookie: ownerCookie, origin: behalf.url.origin },
      body: stream,
      duplex: 'half',
    } as RequestInit)
    expect([untold.status, untold.body.error.code]).toEqual([413, 'request_too_large'])
  })

  test('of nobody is refused before its body is read', async () => {
    const answered = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(behalf.url.port), '127.0.0.1', () => {
        socket.write(
          `POST /api/people HTTP/1.1\r\nhost: ${behalf.url.host}\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n{`,
        )
      })
      socket.once('data', (data) => {
        resolve(data.toString())
        socket.destroy()
      })
      socket.once('error', reject)
    })
    expect(answered).toMatch(/^HTTP\/1\.1 401 /)
  })
})

describe('an answer', () => {
  test('is stored by nobody, framed by nobody, and taken for nothing but JSON', async () => {
    const { headers } = await call('/api/session', { headers: { cookie: ownerCookie } })
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(headers.get('content-type')).toContain('application/json')
  })

  test('to a fault of ours tells a reference, under which the log has the rest', async () => {
    const { db } = behalf.ctx
    await db.schema.alterTable('groups').renameTo('groups_away').execute()
    const answer = await call('/api/groups', { headers: { cookie: ownerCookie } })
    await db.schema.alterTable('groups_away').renameTo('groups').execute()
    expect(answer.status).toBe(500)
    expect(answer.body.error).toEqual({
      code: 'bug',
      message: expect.stringContaining('Quote the reference'),
      reference: expect.stringMatching(/^ref_[0-9a-f]{12}$/),
    })
    expect(JSON.stringify(answer.body)).not.toContain('groups_away')
    expect(behalf.log.find((line) => line.includes(answer.body.error.reference))).toContain('/api/groups')
  })

  test('to an unknown path says where the routes are listed', async () => {
    const answer = await call('/api/peeple', { headers: { cookie: ownerCookie } })
    expect([answer.status, answer.body.error.code]).toEqual([404, 'route_not_found'])
  })
})

describe('the OpenAPI document', () => {
  test('describes every route of the API, chat included, with an operation id of its own', async () => {
    const { body: document } = await call('/api/openapi.json')
    expect(document.openapi).toBe('3.1.0')
    expect(document.servers).toEqual([{ url: new URL('/api', behalf.url).href }])
    const described = operations(document).map(({ method, path }) => `${method.toUpperCase()} /api${path}`)
    const served = behalf.app.routes
      .filter(({ method, path }) => method !== 'ALL' && path.startsWith('/api/'))
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`)
      .filter((route) => route !== 'GET /api/openapi.json')
    expect([...described].sort()).toEqual([...new Set(served)].sort())
    const ids = operations(document).map(({ operation }) => operation.operationId)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('has every schema it refers to, and says of every operation what it does, takes and answers', async () => {
    const { body: document } = await call('/api/openapi.json')
    for (const [, pointer] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      // biome-ignore lint/suspicious/noExplicitAny: a walk through JSON
      const found = pointer?.split('/').reduce((at: any, key) => at?.[key], document)
      expect(found, pointer).toBeDefined()
    }
    for (const { path, operation } of operations(document)) {
      expect(operation.summary.length).toBeGreaterThan(5)
      const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      const declared = (operation.parameters ?? []).filter((each: { in: string }) => each.in === 'path')
      expect(declared.map(({ name }: { name: string }) => name)).toEqual(parameters)
      const success = Object.keys(operation.responses).filter((status) => status.startsWith('2'))
      expect(success.length, path).toBeGreaterThan(0)
    }
  })
})

// biome-ignore lint/suspicious/noExplicitAny: a walk through JSON
function operations(document: any): { method: string; path: string; operation: any }[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods as object).map(([method, operation]) => ({ method, path, operation })),
  )
}

/** The objects of a request that take fields they do not name. */
// biome-ignore lint/suspicious/noExplicitAny: a walk through JSON
function openObjects(schema: any, named: any): any[] {
  if (typeof schema !== 'object' || schema === null) return []
  const name = /^#\/components\/schemas\/(\w+)$/.exec(schema.$ref ?? '')?.[1]
  const inner = Object.values(name ? [named[name]] : schema).flatMap((each) => openObjects(each, named))
  return schema.properties && schema.additionalProperties !== false ? [schema, ...inner] : inner
}

import { afterAll, beforeAll, expect, test } from 'vitest'
import { cookieOf } from '../../src/commands/identify.ts'
import { actorOf } from '../../src/people/actor.ts'
import { createApiKey } from '../../src/people/api-keys.ts'
import type { Person } from '../../src/people/person.ts'
import { PRIVILEGES, type Privilege } from '../../src/people/privileges.ts'
import { startSession } from '../../src/people/sessions.ts'
import { startTestBehalf, type TestBehalf } from '../support/behalf.ts'
import { makeCourier } from '../support/courier.ts'
import { type MatrixRequest, REQUESTS } from './privilege-matrix-requests.ts'
import { COLUMNS, type Column, ROWS, type Row } from './privilege-matrix-table.ts'
import { type MatrixWorld, makeWorld } from './privilege-matrix-world.ts'

let behalf: TestBehalf
let world: MatrixWorld
const people = new Map<Column, Person>()
const keys = new Map<string, string>()

beforeAll(async () => {
  behalf = await startTestBehalf({ surfaces: [makeCourier().surface] })
  for (const role of ['member', 'operator', 'analyst', 'admin', 'owner'] as const)
    people.set(role, (await behalf.addPerson(`${role} Asks`, role)).person)
  world = await makeWorld(behalf)
}, 60_000)
afterAll(() => behalf?.stop())

test('privilege-matrix: every route of the server has a row, and every row a route', () => {
  // Registered for every path: what all requests pass.
  const routes = behalf.app.routes.map(({ method, path }) => `${method} ${path}`).filter((route) => route !== 'ALL /*')
  expect([...new Set(ROWS.map(({ route }) => route))].sort()).toEqual([...new Set(routes)].sort())
  const names = new Set(ROWS.map(({ name }) => name))
  expect(Object.keys(REQUESTS).filter((name) => !names.has(name))).toEqual([])
})

test.each(ROWS)('privilege-matrix: $name', async (row) => {
  const answered: Partial<Record<Column, string>> = {}
  for (const column of COLUMNS) {
    const status = await ask(row, column)
    // 503: the console is not built.
    answered[column] = row.expected[column] === 'open' && /^(200|503)$/.test(status) ? 'open' : status
  }
  expect(answered).toEqual(row.expected)
})

test('privilege-matrix: a refusal for want of a privilege is put on record', async () => {
  const { person } = await behalf.addPerson('Mallory Member')
  const answer = await send('GET', { path: '/api/people' }, await cookie(person))
  expect(answer.status).toBe(403)
  const events = await behalf.owner.api('GET', `/audit_events?person_id=${person.id}`)
  expect(events.body.data).toEqual([
    expect.objectContaining({
      action: 'access.refused',
      details: { what: 'GET /api/people', code: 'forbidden', missing: ['people.view'] },
    }),
  ])
})

/** The status; for keys, that of all that were tried, which must be one. */
async function ask(row: Row, column: Column): Promise<string> {
  if (column === 'key-' || column === 'key+') {
    const statuses = []
    for (const privileges of column === 'key+' ? sufficient(row.privileges) : insufficient(row.privileges))
      statuses.push(await answerTo(row, async () => ({ authorization: `Bearer ${await keyWith(privileges)}` })))
    return [...new Set(statuses)].join(', ')
  }
  const person = people.get(column)
  return answerTo(row, async () => (person ? cookie(person) : {}), person)
}

async function answerTo(row: Row, credential: () => Promise<Record<string, string>>, person?: Person): Promise<string> {
  const [verb = '', path = ''] = row.route.split(' ')
  const request = (await REQUESTS[row.name]?.(world, { personId: person?.id ?? null })) ?? { path }
  const response = await send(verb === 'ALL' ? 'GET' : verb, request, await credential())
  // An event stream never ends by itself.
  await response.body?.cancel()
  return String(response.status)
}

function send(method: string, { path, body, form }: MatrixRequest, credential: Record<string, string>) {
  return fetch(new URL(path, behalf.url), {
    method,
    redirect: 'manual',
    headers: {
      ...credential,
      ...(method !== 'GET' && { origin: behalf.url.origin }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(form && { body: new URLSearchParams(form) }),
  })
}

/** A session of its own each time, because some requests end it. */
async function cookie({ id: personId }: Person): Promise<{ cookie: string }> {
  const { token } = await startSession(behalf.ctx.db, { personId, userAgent: 'matrix', now: new Date() })
  return { cookie: `${cookieOf(behalf.ctx).name}=${token}` }
}

const ALL = Object.keys(PRIVILEGES) as Privilege[]

/** Keys that have just what is needed: either of `a|b`, or all of `a b`. */
function sufficient(privileges: string): Privilege[][] {
  if (privileges.includes('|')) return privileges.split('|').map((one) => [one as Privilege])
  return [named(privileges)]
}

/** Keys that have everything but: all of `a|b`, or each one of `a b` in turn. */
function insufficient(privileges: string): Privilege[][] {
  if (privileges === '-') return [[]]
  if (privileges.includes('|')) return [ALL.filter((one) => !privileges.split('|').includes(one))]
  return named(privileges).map((missing) => ALL.filter((one) => one !== missing))
}

const named = (privileges: string): Privilege[] => (privileges === '-' ? [] : (privileges.split(' ') as Privilege[]))

async function keyWith(privileges: Privilege[]): Promise<string> {
  const known = keys.get(privileges.join())
  if (known) return known
  const creator = actorOf(behalf.owner.person)
  const wanted = { creator, name: 'matrix', privileges, expiresAt: null, now: new Date() }
  const { token } = await createApiKey(behalf.ctx.db, wanted)
  keys.set(privileges.join(), token)
  return token
}

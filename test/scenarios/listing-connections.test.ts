import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConnectionId, PersonId } from '../../src/core/ids.ts'
import { newId } from '../../src/core/ids.ts'
import { createPerson } from '../../src/people/persons.ts'
import { createProject } from '../../src/people/projects.ts'
import { startTestBehalf, type TestBehalf } from '../support/behalf.ts'
import { insertConnection } from '../support/recipe-fixtures.ts'

const LIST = '/connections/runtime_user_connections'
const DAY = Date.UTC(2026, 5, 1)

let behalf: TestBehalf
let parents: ConnectionId[]
const ids = new Map<string, ConnectionId>()

beforeAll(async () => {
  behalf = await startTestBehalf()
  parents = [await behalf.addCrmParent('Sales force'), await behalf.addCrmParent('Support force')]
  const { id: otherProject } = await createProject(behalf.database.db, { ...place(), name: 'Other', now: new Date() })
  await child('Alice Ng', { email: 'alice.ng@acme.test', made: 1, used: 5 })
  await child('Émile Zola', { email: 'emile@acme.test', made: 2, used: null, account: 'em.zola at Acme Paris' })
  await child('Bob Ortiz', { email: 'bob@partner.test', made: 3, used: 4, parent: 1, surface: 'slack' })
  await child('Cron', { kind: 'service', made: 4, used: null, status: 'lost' })
  await child('Carol Diaz', {
    email: 'carol@acme.test',
    made: 5,
    used: 3,
    environment: 'TEST',
    projectId: otherProject,
  })
  await child('Dan Out', { email: 'dan@acme.test', made: 6, used: 1, status: 'disconnected', revocation: 'failed' })
}, 60_000)
afterAll(() => behalf?.stop())

const place = () => ({ workspaceId: behalf.owner.person.workspaceId, projectId: behalf.projectId })

interface Child {
  made: number
  used: number | null
  email?: string
  kind?: 'member' | 'service'
  account?: string
  parent?: number
  status?: string
  surface?: string
  environment?: 'PROD' | 'TEST'
  projectId?: typeof behalf.projectId
  revocation?: 'failed'
}

async function child(name: string, made: Child): Promise<void> {
  const { db } = behalf.database
  const { kind = 'member', email = '', environment = 'PROD' as const } = made
  const { workspaceId } = place()
  const whose = { workspaceId, name, now: new Date() }
  const person = await createPerson(
    db,
    kind === 'service' ? { ...whose, kind } : { ...whose, kind, role: 'member', email },
  )
  const parentId = parents[made.parent ?? 0]!
  const id = await insertConnection(db, {
    ...place(),
    ...(made.projectId && { projectId: made.projectId }),
    environment,
    connector: 'salesforce',
    name: 'Sales force',
    child: { parentId, personId: person.id as PersonId },
    ...(made.status && { status: made.status }),
  })
  const at = (day: number | null) => (day === null ? null : new Date(DAY + day * 86_400_000))
  const rest = { account_label: made.account ?? null, surface: made.surface ?? 'web', last_used_at: at(made.used) }
  await db
    .updateTable('connections')
    .set({ ...rest, created_at: at(made.made)! })
    .where('id', '=', id)
    .execute()
  if (made.revocation)
    await db
      .insertInto('revocations')
      .values({
        id: newId('revocation'),
        workspace_id: workspaceId,
        connection_id: id,
        parent_id: parentId,
        status: made.revocation,
      })
      .execute()
  ids.set(name, id)
}

async function names(query: string): Promise<string[]> {
  const { status, body } = await behalf.owner.api('GET', `${LIST}?${query}`)
  if (status !== 200) throw new Error(JSON.stringify(body))
  return body.data.map(({ person }: { person: { name: string } }) => person.name.split(' ')[0])
}

const ALL = ['Dan', 'Carol', 'Cron', 'Bob', 'Émile', 'Alice']

test.each([
  ['', ALL],
  ['q=ali', ['Alice']],
  ['q=ng%20acme', ['Alice']],
  ['q=ALICE.NG@acme.test', ['Alice']],
  ['q=%C3%89MILE', ['Émile']],
  ['q=zola%20par', ['Émile']],
  ['q=partner', ['Bob']],
  ['q=sales', ALL],
  ['q=lice', []],
  ['q=%27%20%26%20%7C%20!%20%5C%20%3A*', ALL],
  ['q=bob%27%3A*%20%7C%20%27alice', []],
  ['connector=github', []],
  ['surface=slack', ['Bob']],
  ['environment=TEST', ['Carol']],
  ['status=lost', ['Cron']],
  ['person_kind=service', ['Cron']],
  ['revocation=failed', ['Dan']],
  ['revocation=revoked', []],
  ['created_after=2026-06-06', ['Dan', 'Carol']],
  ['created_before=2026-06-03T00:00:00%2B00:00', ['Alice']],
  ['used_after=2026-06-05', ['Bob', 'Alice']],
  ['used_before=2026-06-03', ['Dan', 'Cron', 'Émile']],
  ['sort=last_used', ['Alice', 'Bob', 'Carol', 'Dan', 'Cron', 'Émile']],
  ['sort=last_used&order=asc', ['Émile', 'Cron', 'Dan', 'Carol', 'Bob', 'Alice']],
  ['order=asc&status=connected&q=acme', ['Alice', 'Émile', 'Carol']],
])('people’s own connections are listed by “%s”', async (query, expected) => {
  // Émile and Cron were never used: among equals their ids decide.
  expect((await names(query)).map((name) => name.normalize())).toEqual(expected)
})

test('people’s own connections are listed by parent, person and project', async () => {
  expect(await names(`parent_id=${parents[1]}`)).toEqual(['Bob'])
  const bob = (await behalf.owner.api('GET', `/connections/${ids.get('Bob Ortiz')}`)).body.data.person.id
  expect(await names(`person_id=${bob}`)).toEqual(['Bob'])
  expect(await names(`project_id=${behalf.projectId}`)).not.toContain('Carol')
})

test.each(['sort=created', 'sort=created&order=asc', 'sort=last_used', 'sort=last_used&order=asc'])(
  'pages by %s follow each other without gap or repetition, the first with how many there are',
  async (sort) => {
    const seen: string[] = []
    let cursor = ''
    do {
      const { body } = await behalf.owner.api('GET', `${LIST}?${sort}&limit=2${cursor}`)
      expect(body.total).toEqual(cursor === '' ? { count: 6, or_more: false } : null)
      seen.push(...body.data.map(({ id }: { id: string }) => id))
      cursor = body.next === null ? '' : `&before=${body.next}`
    } while (cursor !== '')
    expect([...new Set(seen)].length).toBe(6)
    const whole = await behalf.owner.api('GET', `${LIST}?${sort}`)
    expect(seen).toEqual(whole.body.data.map(({ id }: { id: string }) => id))
  },
)

test('a cursor of another order, or none at all, is refused', async () => {
  const { body } = await behalf.owner.api('GET', `${LIST}?limit=1`)
  for (const query of [
    `order=asc&before=${body.next}`,
    'before=nonsense',
    `before=${btoa('["created","desc","x","y"]')}`,
  ]) {
    const answer = await behalf.owner.api('GET', `${LIST}?${query}`)
    expect([answer.status, answer.body.error.code]).toEqual([400, 'invalid_cursor'])
  }
})

test('who is renamed is found by the new name and not by the old, and a renamed connection too', async () => {
  const { body } = await behalf.owner.api('GET', `/connections/${ids.get('Bob Ortiz')}`)
  await behalf.owner.api('PATCH', `/people/${body.data.person.id}`, { name: 'Robert Ortiz' })
  expect(await names('q=robert')).toEqual(['Robert'])
  expect(await names('q=bob')).toEqual(['Robert'])
  await behalf.owner.api('PATCH', `/connections/${parents[0]}`, { name: 'Northwind' })
  expect(await names('q=northwind')).toHaveLength(5)
  expect(await names('q=sales')).toHaveLength(1)
})

test('the list as CSV holds all that fit, no formula, and its reading is on record', async () => {
  const { body } = await behalf.owner.api('GET', `/connections/${ids.get('Carol Diaz')}`)
  await behalf.owner.api('PATCH', `/people/${body.data.person.id}`, { name: '=HYPERLINK("https://evil.test")' })
  const answer = await behalf.owner.browser.fetch(new URL(`/api${LIST}/export.csv?status=connected`, behalf.url), {})
  expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  expect(answer.headers.get('content-disposition')).toContain('attachment')
  const lines = (await answer.text()).split('\r\n')
  expect(lines[0]).toContain('Person,E-mail')
  expect(lines).toHaveLength(6)
  expect(lines[1]).toContain(`"'=HYPERLINK(""https://evil.test"")",carol@acme.test`)
  const events = await behalf.owner.api('GET', '/audit_events?action=connection.list_exported')
  expect(events.body.data).toEqual([expect.objectContaining({ details: { status: 'connected' } })])
})

test('the CSV of people’s own connections is refused to whoever may not see them', async () => {
  const eve = await behalf.addPerson('Eve Member')
  const url = new URL(`/api${LIST}/export.csv`, behalf.url)
  expect((await eve.browser.fetch(url, {})).status).toBe(403)
  expect((await fetch(url)).status).toBe(401)
})

import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { testDatabase } from '../../test/support/database.ts'
import { actorOf } from './actor.ts'
import { type AuditQuery, listAuditEvents, recordAudit } from './audit.ts'
import { AUDIT_ACTIONS } from './audit-actions.ts'
import { createPerson } from './persons.ts'

const { db, drop } = await testDatabase()
afterAll(drop)

const now = new Date('2026-11-22T10:00:00Z')
const [workspaceId, otherId] = ['wks_acme', 'wks_other'] as const
await db
  .insertInto('workspaces')
  .values([
    { id: workspaceId, name: 'Acme' },
    { id: otherId, name: 'Other' },
  ])
  .execute()
const alice = await createPerson(db, { workspaceId, kind: 'service', name: 'Alice Ng', now })

const list = (query: Partial<AuditQuery> = {}) => listAuditEvents(db, workspaceId, { limit: 100, ...query })

test('an event says who did it: a person, an API key, Behalf itself, or somebody unknown', async () => {
  const targetId = 'con_who'
  const record = (by: Parameters<typeof recordAudit>[1]) =>
    recordAudit(db, by, { action: 'connection.deleted', targetId, details: { name: 'CRM' } })
  await record(actorOf(alice))
  await record({ kind: 'api_key', id: 'key_1', workspaceId, name: 'Deploy', namespaceId: null, privileges: new Set() })
  await record({ kind: 'system', workspaceId })
  await record({ workspaceId })
  const events = await list({ targetId })
  expect(events.map(({ personId, apiKeyId }) => [personId, apiKeyId]).reverse()).toEqual([
    [alice.id, null],
    [null, 'key_1'],
    [null, null],
    [null, null],
  ])
  expect(events[0]).toMatchObject({ action: 'connection.deleted', targetId, details: { name: 'CRM' } })
  expect(events[0]?.at).toBeInstanceOf(Date)
})

test('events come newest first, page by page, without a gap or a repetition', async () => {
  for (let n = 0; n < 7; n++) await recordAudit(db, { workspaceId }, { action: 'job.cancelled', details: { n } })
  const seen: unknown[] = []
  let before: string | undefined
  for (;;) {
    const page = await list({ action: 'job.cancelled', limit: 3, ...(before === undefined ? {} : { before }) })
    seen.push(...page.map(({ details }) => details.n))
    if (page.length < 3) break
    before = page.at(-1)?.id
  }
  expect(seen).toEqual([6, 5, 4, 3, 2, 1, 0])
})

test('events are filtered by action, target and person', async () => {
  await recordAudit(db, actorOf(alice), { action: 'recipe.started', targetId: 'rcp_1' })
  await recordAudit(db, actorOf(alice), { action: 'recipe.stopped', targetId: 'rcp_1' })
  await recordAudit(db, { workspaceId }, { action: 'recipe.stopped', targetId: 'rcp_1' })
  const found = await list({ action: 'recipe.stopped', targetId: 'rcp_1', personId: alice.id })
  expect(found).toMatchObject([{ action: 'recipe.stopped', personId: alice.id }])
  expect(await list({ targetId: 'rcp_1' })).toHaveLength(3)
})

test('a workspace sees its own events only', async () => {
  await recordAudit(db, { workspaceId: otherId }, { action: 'workspace.created', targetId: 'here' })
  expect(await list({ targetId: 'here' })).toEqual([])
})

test.each(['', 'x', '1; drop table audit_events', '-1', '9'.repeat(30)])('the cursor %j is refused', async (before) => {
  await expect(list({ before })).rejects.toMatchObject({ code: 'invalid_cursor', status: 400 })
})

test('an event that belongs to something rolled back is gone with it', async () => {
  const failing = db.transaction().execute(async (tx) => {
    await recordAudit(tx, { workspaceId }, { action: 'group.created', targetId: 'grp_lost' })
    throw new Error('the rest failed')
  })
  await expect(failing).rejects.toThrow('the rest failed')
  expect(await list({ targetId: 'grp_lost' })).toEqual([])
})

test.each([
  ['update', sql`update audit_events set action = 'person.renamed'`],
  ['update of no row', sql`update audit_events set action = 'person.renamed' where false`],
  ['delete', sql`delete from audit_events`],
  ['truncate', sql`truncate audit_events`],
  ['truncate from above', sql`truncate workspaces cascade`],
])('the log cannot be changed: %s is refused', async (_, statement) => {
  const count = async () =>
    (await db.selectFrom('audit_events').select(db.fn.countAll().as('n')).executeTakeFirstOrThrow()).n
  await recordAudit(db, { workspaceId }, { action: 'group.created' })
  const before = await count()
  await expect(statement.execute(db)).rejects.toThrow('is append-only')
  expect(await count()).toBe(before)
})

test('every action is named thing.what_happened, once', () => {
  expect(new Set(AUDIT_ACTIONS).size).toBe(AUDIT_ACTIONS.length)
  for (const action of AUDIT_ACTIONS) expect(action).toMatch(/^[a-z_]+\.[a-z_]+$/)
})

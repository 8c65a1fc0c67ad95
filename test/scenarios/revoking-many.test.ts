import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConnectionId } from '../../src/core/ids.ts'
import { connectAt, createOpportunity, startTestBehalf, type TestBehalf } from '../support/behalf.ts'
import { addProduct } from '../support/product.ts'
import { insertConnection } from '../support/recipe-fixtures.ts'
import { until } from '../support/until.ts'

let behalf: TestBehalf
let parent: ConnectionId

beforeAll(async () => {
  behalf = await startTestBehalf()
  parent = await behalf.addCrmParent()
  await behalf.addRecipe(createOpportunity(parent, true))
})
afterAll(() => behalf.stop())

/** The database fails when this row is given this status. */
async function failAt(table: 'connections' | 'persons', id: string, status: string): Promise<void> {
  const { db } = behalf.database
  await sql`create function cut_off() returns trigger language plpgsql as $$ begin raise 'cut off here'; end $$`.execute(
    db,
  )
  await sql`create trigger cut_off before update on ${sql.table(table)} for each row
    when (new.id = ${sql.lit(id)} and new.status = ${sql.lit(status)}) execute function cut_off()`.execute(db)
}

async function restartWithoutFault(): Promise<void> {
  await behalf.stopServer()
  await sql`drop function cut_off cascade`.execute(behalf.database.db)
  await behalf.restart()
}

const revoke = (body: object) => behalf.owner.api('POST', '/runtime-user-connections/revoke', body)

test('an application’s connections are cut off in batches: the rest after a restart, and none twice', async () => {
  const { workspaceId } = behalf.owner.person
  const children: ConnectionId[] = []
  for (let i = 0; i < 70; i++) {
    const personId = (await behalf.addPerson(`Person${i} Many`)).person.id
    const child = { parentId: parent, personId }
    children.push(
      await insertConnection(behalf.database.db, {
        workspaceId,
        projectId: behalf.projectId,
        connector: 'salesforce',
        child,
      }),
    )
  }
  const bad = children.sort()[60] as ConnectionId
  await failAt('connections', bad, 'disconnected')

  const foreseen = await behalf.owner.api('GET', '/runtime-user-connections/revoke/consequences?connector=salesforce')
  expect(foreseen.body.data).toMatchObject({ connections: 70, people: 70, jobs_running: 0 })
  expect(foreseen.body.data.sentences[0]).toContain('70 connections of 70 people are disconnected')
  expect((await revoke({ connector: 'salesforce' })).status).toBe(500)
  const order = async () => {
    const { id } = await behalf.database.db.selectFrom('bulk_revocations').select('id').executeTakeFirstOrThrow()
    return (await behalf.owner.api('GET', `/runtime-user-connections/revoke/${id}`)).body.data
  }
  expect(await order()).toMatchObject({ total: 70, done: 50, finished_at: null })
  await restartWithoutFault()
  await until(async () => (await order()).finished_at !== null, 15_000)
  expect(await order()).toMatchObject({ total: 70, done: 70 })
  const audit = await behalf.database.db
    .selectFrom('audit_events')
    .select(['target_id', 'person_id'])
    .where('action', '=', 'connection.disconnected')
    .execute()
  expect(audit.map(({ target_id }) => target_id).sort()).toEqual(children)
  expect(new Set(audit.map(({ person_id }) => person_id))).toEqual(new Set([behalf.owner.person.id]))
}, 60_000)

test('the people of a deleted product are shut out in batches: the rest after a restart, and none twice', async () => {
  const product = await addProduct(behalf, { origin: 'https://desk.example' }, 'Desk')
  for (let i = 0; i < 60; i++)
    await product.api('POST', '/connections/runtime_user_connections', { parent_id: parent, external_id: `u${i}` })
  const ofProduct = async () => {
    const people = behalf.database.db.selectFrom('persons').select(['id', 'status']).where('kind', '=', 'external')
    return people.orderBy('id').execute()
  }
  const people = await ofProduct()
  expect(people).toHaveLength(60)
  await failAt('persons', people[55]?.id ?? '', 'deactivated')
  expect((await behalf.owner.api('DELETE', `/namespaces/${product.id}`)).status).toBe(500)
  expect((await product.api('GET', '/connections?external_id=u0')).status).toBe(401)
  expect((await ofProduct()).filter(({ status }) => status === 'active')).toHaveLength(10)
  await restartWithoutFault()
  await until(async () => (await ofProduct()).every(({ status }) => status === 'deactivated'), 15_000)
  expect((await behalf.owner.api('DELETE', `/namespaces/${product.id}`)).status).toBe(204)
  const audit = await behalf.database.db
    .selectFrom('audit_events')
    .select(['target_id', 'person_id'])
    .where('action', '=', 'person.deactivated')
    .execute()
  expect(audit.map(({ target_id }) => target_id).sort()).toEqual(people.map(({ id }) => id))
  expect(new Set(audit.map(({ person_id }) => person_id))).toEqual(new Set([behalf.owner.person.id]))
  const left = behalf.database.db.selectFrom('connections').select('id').where('surface', '=', 'api')
  expect(await left.where('status', '<>', 'disconnected').execute()).toEqual([])
}, 60_000)

test('those of one person are deleted and revoked at the application, and the answer says so', async () => {
  const alice = await behalf.addPerson('Alice Ng')
  const { body } = await alice.api('POST', `/me/connections/${parent}/connect`)
  await connectAt(alice, body.data.url, 'Alice Ng')
  expect(behalf.crm.liveGrantsOf('alice')).toBe(1)
  const answer = await revoke({ person_id: alice.person.id, kind: 'delete' })
  const counts = { pending: 0, revoked: 1, kept: 0, unsupported: 0, failed: 0 }
  expect(answer).toMatchObject({ status: 200, body: { data: { total: 1, done: 1, revocations: counts } } })
  expect(behalf.crm.liveGrantsOf('alice')).toBe(0)
  expect((await alice.api('GET', '/me/connections')).body.data[0].connection).toBeNull()
})

test('an order says exactly which are meant', async () => {
  expect((await revoke({})).status).toBe(400)
  expect((await revoke({ connector: 'salesforce', person_id: behalf.owner.person.id })).status).toBe(400)
  expect((await revoke({ ids: ['not an id'] })).status).toBe(400)
})

import { afterAll, beforeAll, expect, it } from 'vitest'
import { type TestDatabase, testDatabase } from '../../test/support/database.ts'
import { insertConnection, insertWorkspace } from '../../test/support/recipe-fixtures.ts'
import type { Person } from '../people/person.ts'
import { openConnectRequests } from './connect-request.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.drop())

it('keeps one open request however often a person is asked on one connection to the database', async () => {
  const { db } = database
  const ids = await insertWorkspace(db)
  const parentId = await insertConnection(db, ids)
  const person = { id: ids.personId, workspaceId: ids.workspaceId } as Person
  const now = new Date()
  const soon = new Date(now.getTime() + 1000)
  const later = new Date(now.getTime() + 60_000)
  // PostgreSQL plans a prepared statement anew with its parameters five times, and from then on without them.
  await db.connection().execute(async (one) => {
    for (let i = 0; i < 12; i++) {
      const missing = [{ parentId, reason: 'expired' as const }]
      await openConnectRequests(one, { person, missing, expiresAt: i === 0 ? later : soon, now })
    }
  })
  const open = await db.selectFrom('connect_requests').select(['status', 'expires_at']).execute()
  expect(open).toEqual([{ status: 'open', expires_at: later }])
})

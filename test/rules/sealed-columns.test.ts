import { afterAll, expect, test } from 'vitest'
import { SEALED_COLUMNS } from '../../src/connections/sealing/sealed-columns.ts'
import { testDatabase } from '../support/database.ts'

const { pool, drop } = await testDatabase()
afterAll(drop)

test('every column that is sealed with the key ring is wrapped anew when its key is changed', async () => {
  // What belongs to jobs is sealed under a data key, whose row says which; the steps of a job under their job's.
  const { rows } = await pool.query<{ column: string }>(
    `select table_name || '.' || column_name as column from information_schema.columns c
     where table_schema = 'public' and data_type = 'bytea' and (column_name like 'sealed%' or column_name like 'wrapped%')
       and table_name <> 'job_steps' and not exists (select from information_schema.columns key
         where key.table_schema = 'public' and key.table_name = c.table_name and key.column_name = 'data_key_id')`,
  )
  const listed = SEALED_COLUMNS.map(({ table, column }) => `${table}.${column}`)
  expect(listed.sort()).toEqual(rows.map(({ column }) => column).sort())
})

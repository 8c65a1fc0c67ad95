import { readFile } from 'node:fs/promises'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startCrm } from '../../demo/crm/start-crm.ts'
import type { JobId } from '../../src/core/ids.ts'
import { CLIENT, startTestBehalf, type TestBehalf } from '../support/behalf.ts'
import { testDatabase } from '../support/database.ts'
import { startTestServer } from '../support/global-setup.ts'
import { npmStart, type StartedProcess } from '../support/npm-start.ts'
import { createOne } from '../support/recipes.ts'
import { makeTemplate } from '../support/template.ts'
import { until } from '../support/until.ts'

let behalf: TestBehalf
let server: Awaited<ReturnType<typeof startTestServer>>
const processes: StartedProcess[] = []

beforeAll(async () => {
  server = await startTestServer()
  const { connectionString } = server
  const on = testDatabase({ connectionString, template: await makeTemplate(connectionString) })
  const clients = [{ ...CLIENT, client_name: 'Behalf', redirect_uris: [] }]
  const crm = await startCrm({ clients, delayMs: 400 })
  behalf = await startTestBehalf({ crm, on, environment: { BEHALF_ROLE: 'web' } })
}, 90_000)

afterAll(async () => {
  for (const process of processes) await process.kill()
  await behalf?.stop()
  await server?.stop()
}, 60_000)

/** As an administrator does; its keeper, the process of this test, starts it again. Resolves when it answers. */
async function restartPostgres(): Promise<void> {
  const ask = async () => {
    const client = new pg.Client({ connectionString: server.connectionString })
    client.on('error', () => {})
    await client.connect()
    const { rows } = await client.query('select pg_backend_pid() as pid, pg_postmaster_start_time() as since')
    const status = await readFile(`/proc/${rows[0].pid}/status`, 'utf8')
    await client.end()
    return { since: rows[0].since.getTime(), postmaster: Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]) }
  }
  const before = await ask()
  process.kill(before.postmaster, 'SIGINT')
  await until(async () => (await ask()).since > before.since, 30_000)
}

test('PostgreSQL restarts under two processes: running jobs end, each with its own outcome, and the processes go on', async () => {
  const parent = await behalf.addCrmParent('CRM')
  await behalf.connectParent(parent)
  const recipe = await behalf.addRecipe(createOne({ connectionId: parent, personal: false, command: 'create' }))
  const settings = { ...behalf.settings, BEHALF_ROLE: 'all', BEHALF_CONCURRENCY: '4' }
  processes.push(...(await Promise.all([npmStart(settings), npmStart(settings)])))
  const run = async (n: number): Promise<JobId> => {
    const { body } = await behalf.owner.api('POST', `/recipes/${recipe}/run`, {
      input: { name: `Job ${n}` },
      wait_seconds: 0,
    })
    return body.data.id
  }
  const ids = await Promise.all(Array.from({ length: 32 }, (_, n) => run(n)))
  const inStatus = async (status: string) => {
    const { rows } = await behalf.database.pool.query('select holder from jobs where status = $1 and id = any($2)', [
      status,
      ids,
    ])
    return rows
  }
  await until(async () => new Set((await inStatus('running')).map(({ holder }) => holder)).size === 2)
  await restartPostgres()
  await until(async () => (await inStatus('succeeded')).length === ids.length, 60_000)
  const names = behalf.crm.opportunities().map(({ name }) => name)
  expect(names.sort()).toEqual(ids.map((_, n) => `Job ${n}`).sort())
  expect(processes.map(({ child }) => child.exitCode)).toEqual([null, null])
  // The connection that listens is there again as well.
  const { body } = await behalf.owner.api('POST', `/recipes/${recipe}/run`, {
    input: { name: 'After' },
    wait_seconds: 20,
  })
  expect(body.data.status).toBe('succeeded')
}, 150_000)

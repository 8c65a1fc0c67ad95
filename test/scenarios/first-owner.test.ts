import { randomBytes } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { readConfiguration } from '../../src/server/configuration.ts'
import { makeLog } from '../../src/server/log.ts'
import { startBehalf } from '../../src/server/start.ts'
import { openBrowser } from '../support/browser.ts'
import { testDatabase } from '../support/database.ts'

const database = await testDatabase()
const settings = {
  PORT: '0',
  DATABASE_URL: database.connectionString,
  BEHALF_SEALING_KEY: randomBytes(32).toString('base64'),
}
const start = () => startBehalf(readConfiguration(settings), { log: makeLog('silent') })
const [behalf, another] = [await start(), await start()]
afterAll(async () => {
  await Promise.all([behalf.stop(), another.stop()])
  await database.drop()
})

const owner = {
  workspace: 'Acme',
  name: 'Olivia Owner',
  email: 'olivia@acme.test',
  password: 'a long sentence of hers',
}
const countPersons = async () => (await database.db.selectFrom('persons').select('id').execute()).length

test('nobody becomes the owner of a new server without the link that it printed', async () => {
  const welcome = await openBrowser().open(new URL('/sign-in', behalf.url))
  expect(new URL(welcome.url).pathname).toBe('/welcome')
  for (const setup_code of ['', 'guessed', 'x'.repeat(24)]) {
    const refused = await welcome.submit({ ...owner, setup_code })
    expect([refused.status, refused.text()]).toEqual([403, expect.stringContaining('The setup code is wrong')])
  }
  expect(await countPersons()).toBe(0)
})

test('any machine knows the link, which serves once', async () => {
  expect(another.ownerLink?.search).toBe(behalf.ownerLink?.search)
  const page = await openBrowser().open(new URL(`/welcome${behalf.ownerLink?.search}`, another.url))
  const made = await page.submit(owner)
  expect(new URL(made.url).pathname).toBe('/recipes')
  expect(await page.submit({ ...owner, email: 'mallory@acme.test' })).toMatchObject({ status: 409 })
  expect(await countPersons()).toBe(1)
  const later = await start()
  expect(later.ownerLink).toBeNull()
  await later.stop()
})

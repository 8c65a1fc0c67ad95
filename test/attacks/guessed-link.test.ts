import { createHash, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { type Stage, startStage } from '../support/stage.ts'
import { pressConnect } from '../support/trip.ts'

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.stop())

const tokenOf = (link: string): string => new URL(link).pathname.split('/').at(-1) ?? ''

test('guessed-link: a link has 256 bits of chance, and the database only their hash', async () => {
  const links = [await stage.ask(stage.alice, 'One'), await stage.ask(stage.alice, 'Two')]
  const tokens = links.map(tokenOf)
  expect(new Set(tokens).size).toBe(2)
  for (const token of tokens) {
    expect(Buffer.from(token, 'base64url')).toHaveLength(32)
    const hash = createHash('sha256').update(token).digest()
    const rows = stage.database.db.selectFrom('connect_visits').select('id').where('token_hash', '=', hash)
    expect(await rows.execute()).toHaveLength(1)
  }
  expect(await tablesWith(tokens)).toEqual([])
})

/** The tables, of every schema, that hold one of these texts, as text or as bytes. */
async function tablesWith(texts: string[]): Promise<string[]> {
  const { rows } = await sql<{ schema: string; table: string }>`
    select schemaname as schema, tablename as table from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema')`.execute(stage.database.db)
  expect(rows.length).toBeGreaterThan(20)
  const needles = texts.flatMap((text) => [text, Buffer.from(text).toString('hex')])
  const found: string[] = []
  for (const { schema, table } of rows) {
    const contents = await sql<{
      row: string
    }>`select t::text as row from ${sql.table(`${schema}.${table}`)} t`.execute(stage.database.db)
    if (contents.rows.some(({ row }) => needles.some((needle) => row.includes(needle)))) found.push(table)
  }
  return found
}

test('guessed-link: after 30 wrong ones in a minute a network gets no answer, not even to the right one', async () => {
  const link = await stage.ask(stage.alice, 'Guessed')
  const guess = () => openBrowser().open(new URL(`/connect/l/${randomBytes(32).toString('base64url')}`, stage.url))
  for (let i = 0; i < 30; i++) expect((await guess()).status).toBe(404)
  for (let i = 0; i < 3; i++) expect((await guess()).status).toBe(429)
  const right = await stage.alice.browser.open(link)
  expect(right.status).toBe(429)
  expect(right.headers.get('retry-after')).toMatch(/^\d+$/)
  expect(await stage.audit('connect.link_refused')).toMatchObject([{ why: 'rate_limited', ip: '127.0.0.1' }])
  stage.advance(61_000)
  // The right link costs nothing: it may be opened as often as one likes.
  for (let i = 0; i < 40; i++) expect((await stage.alice.browser.fetch(link)).status).toBe(200)
  await stage.expectAliceCanConnect(link, 'Guessed')
})

test('guessed-link: the page behind a link is found by its person alone, however well its address is known', async () => {
  const link = await stage.ask(stage.alice, 'Known')
  await pressConnect(stage.alice.browser, link)
  const { url } = await stage.alice.browser.open(link)
  expect(url).toContain('/connect/v/vis_')
  expect((await openBrowser().open(url)).url).toContain('/sign-in')
  const page = await stage.mallory.browser.open(url)
  expect(page.status).toBe(403)
  expect(page.forms).toEqual([])
  expect((await stage.audit('connect.link_refused')).at(-1)).toMatchObject({ opened_by: stage.mallory.person.id })
  await stage.expectAliceCanConnect(link, 'Known')
})

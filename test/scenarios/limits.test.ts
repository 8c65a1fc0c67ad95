import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startCrm } from '../../demo/crm/start-crm.ts'
import type { ConnectionId, RecipeId } from '../../src/core/ids.ts'
import type { Started } from '../../src/server/start.ts'
import { CLIENT, startTestBehalf, type TestBehalf } from '../support/behalf.ts'
import { createByWebhook } from '../support/recipes.ts'
import { mostAtOnce } from '../support/run.ts'
import { until } from '../support/until.ts'

let behalf: TestBehalf
let another: Started
let parent: ConnectionId

beforeAll(async () => {
  const clients = [{ ...CLIENT, client_name: 'Behalf', redirect_uris: [] }]
  behalf = await startTestBehalf({ crm: await startCrm({ clients, delayMs: 30 }) })
  another = await behalf.startAnother()
  parent = await behalf.addCrmParent()
  await behalf.connectParent(parent)
})
afterAll(async () => {
  await another?.stop()
  await behalf.stop()
})

async function webhook(name: string, more: object = {}): Promise<{ id: RecipeId; path: string }> {
  const id = await behalf.addRecipe({ ...createByWebhook(parent, name), ...more })
  const { body } = await behalf.owner.api('POST', `/recipes/${id}/webhook`)
  return { id, path: new URL(body.data.url).pathname }
}

const send = (path: string, name: string) =>
  fetch(new URL(path, behalf.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  }).then(({ status }) => expect(status).toBe(202))

/** The jobs of these recipes, once all of them have succeeded. */
const jobsOf = (ids: RecipeId[], count: number) =>
  until(async () => {
    const jobs = await behalf.database.db
      .selectFrom('jobs')
      .select(['id', 'status', 'started_at', 'finished_at'])
      .where('recipe_id', 'in', ids)
      .execute()
    return jobs.filter(({ status }) => status === 'succeeded').length === count ? jobs : undefined
  }, 30_000)

test('of a recipe with a limit so many jobs run at once on two machines, and all come to their turn', async () => {
  const { id, path } = await webhook('Two at once', { settings: { at_once: 2 } })
  await Promise.all(Array.from({ length: 20 }, (_, i) => send(path, `Two ${i}`)))
  await jobsOf([id], 20)
  expect(await mostAtOnce(behalf, [id])).toBe(2)
  expect(behalf.crm.opportunities().filter(({ name }) => name.startsWith('Two '))).toHaveLength(20)
})

test('a connection’s limit holds for all its recipes together, until it is taken away', async () => {
  expect((await behalf.owner.api('PATCH', `/connections/${parent}`, { at_once: 0 })).status).toBe(400)
  expect((await behalf.owner.api('PATCH', `/connections/${parent}`, { at_once: 1 })).status).toBe(204)
  expect((await behalf.owner.api('GET', `/connections/${parent}`)).body.data.at_once).toBe(1)
  const recipes = [await webhook('One of them'), await webhook('The other')]
  const ids = recipes.map(({ id }) => id)
  await Promise.all(recipes.flatMap(({ path }) => Array.from({ length: 4 }, (_, i) => send(path, `One ${i}`))))
  await jobsOf(ids, 8)
  expect(await mostAtOnce(behalf, ids)).toBe(1)
  await behalf.owner.api('PATCH', `/connections/${parent}`, { at_once: null })
})

test('where there are other workspaces, what one sends on top of a hundred queued jobs waits for a place', async () => {
  const { db } = behalf.database
  const { id, path } = await webhook('Very many')
  const { workspaceId } = behalf.owner.person
  await sql`
    insert into jobs (id, workspace_id, recipe_id, recipe_version, status, private, surface, data_key_id, not_before)
    select 'job_seed' || n, ${workspaceId}, ${id}, 1, 'queued', false, 'webhook', (select id from data_keys limit 1), now() + interval '1 day'
    from generate_series(1, 100) as n`.execute(db)
  await send(path, 'Alone')
  await db.insertInto('workspaces').values({ id: 'wks_other', name: 'Other', settings: '{}' }).execute()
  await send(path, 'Many')
  await jobsOf([id], 2)
  const limited = await db
    .selectFrom('jobs')
    .select('slots')
    .where('recipe_id', '=', id)
    .where('slots', 'is not', null)
    .execute()
  expect(limited).toEqual([{ slots: [workspaceId] }])
})

import { type Context, Hono } from 'hono'
import type { CrmData } from '../crm-data.ts'
import type { Store } from '../store.ts'
import { describeBriefly, describeObject } from './describe.ts'
import { findField, findObjectType, type ObjectType } from './objects.ts'
import { attributes } from './query.ts'
import { createRecord, deleteRecord, loadRecord, updateRecord } from './records.ts'
import { type Env, readJson, version } from './rest-call.ts'
import { noSuchColumn, notFound } from './salesforce-error.ts'

/** `/sobjects/:type`: describe a type; create, read, change and delete its records. */
export function recordRoutes(store: Store<CrmData>): Hono<Env> {
  const { data } = store
  const app = new Hono<Env>()
  app.get('/describe', (c) => c.json(describeObject(loadType(c), version(c))))
  app.get('/', (c) => c.json({ objectDescribe: describeBriefly(loadType(c), version(c)), recentItems: [] }))
  app.post('/', async (c) => {
    const row = createRecord(data, loadType(c), await readJson(c), c.get('caller').person)
    await store.saved()
    const path = `${c.req.path.replace(/\/$/, '')}/${row.Id}`
    return c.json({ id: row.Id, success: true, errors: [] }, 201, { location: path })
  })
  app.get('/:id', (c) => {
    const type = loadType(c)
    const row = loadRecord(data, type, c.req.param('id'))
    const names = c.req.query('fields')?.split(',') ?? type.fields.map((field) => field.name)
    const fields = names.map((name) => {
      const field = findField(type, name.trim())
      if (!field) throw noSuchColumn(name, type.name)
      return [field.name, row[field.name] ?? null]
    })
    return c.json({ attributes: attributes(type, row.Id, version(c)), ...Object.fromEntries(fields) })
  })
  app.patch('/:id', async (c) => {
    updateRecord(data, loadType(c), c.req.param('id'), await readJson(c), c.get('caller').person)
    await store.saved()
    return c.body(null, 204)
  })
  app.delete('/:id', async (c) => {
    deleteRecord(data, loadType(c), c.req.param('id'), c.get('caller').person)
    await store.saved()
    return c.body(null, 204)
  })
  return app
}

function loadType(c: Context): ObjectType {
  const type = findObjectType(c.req.path.split('/')[5] ?? '')
  if (!type) throw notFound()
  return type
}

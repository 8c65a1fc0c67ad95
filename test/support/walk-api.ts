import type { Db } from '../../src/database/db.ts'
import type { TestBehalf } from './behalf.ts'

/** What a viewer was answered at one address. */
export interface Seen {
  path: string
  status: number
  body: string
}

type Get = (path: string) => Promise<Response>

/**
 * Reads everything the API has to read, as one viewer: every GET route it publishes, with every id there is in the database that the
 * route would take. A new route is walked as soon as it is published.
 */
export async function walkApi(behalf: TestBehalf, get: Get): Promise<Seen[]> {
  const ids = await allIds(behalf.database.db)
  const seen: Seen[] = []
  for (const path of await readableRoutes(behalf))
    for (const address of addresses(path, ids)) {
      const answer = await get(address)
      seen.push({ path: address, status: answer.status, body: await textOf(answer) })
    }
  return seen
}

const STREAM_READ_MS = 300

/** The body; of a stream of events, which has no end, what it begins with. */
async function textOf(answer: Response): Promise<string> {
  if (!answer.headers.get('content-type')?.startsWith('text/event-stream')) return answer.text()
  const reader = answer.body?.getReader()
  const timer = setTimeout(() => void reader?.cancel(), STREAM_READ_MS)
  const decoder = new TextDecoder()
  let text = ''
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read())
    text += decoder.decode(read.value, { stream: true })
  clearTimeout(timer)
  return text
}

interface OpenApi {
  paths: Record<string, { get?: { parameters?: Parameter[] } }>
}

interface Parameter {
  name: string
  in: string
  schema?: { pattern?: string; enum?: string[] }
}

interface Route {
  path: string
  parameters: Parameter[]
}

async function readableRoutes({ url }: TestBehalf): Promise<Route[]> {
  const published = await fetch(new URL('/api/openapi.json', url))
  const { paths } = (await published.json()) as OpenApi
  return Object.entries(paths).flatMap(([path, { get }]) => (get ? [{ path, parameters: get.parameters ?? [] }] : []))
}

/** The route's address for every id that fits its pattern, and for every choice of a query that has choices. */
function addresses({ path, parameters }: Route, ids: string[]): string[] {
  const name = /\{(\w+)\}/.exec(path)?.[1]
  const pattern = parameters.find((each) => each.in === 'path' && each.name === name)?.schema?.pattern
  const fitting = pattern === undefined ? ids : ids.filter((id) => new RegExp(pattern).test(id))
  const filled = name === undefined ? [path] : fitting.map((id) => path.replace(`{${name}}`, id))
  const queries = parameters
    .filter((each) => each.in === 'query')
    .flatMap((each) => (each.schema?.enum ?? []).map((choice) => `?${each.name}=${choice}`))
  return filled.flatMap((each) => ['', ...queries].map((query) => each + query))
}

/** The id of every row of every table that has one of ours. */
async function allIds(db: Db): Promise<string[]> {
  const tables = await db.introspection.getTables()
  const named = tables.filter(({ columns }) =>
    columns.some(({ name, dataType }) => name === 'id' && dataType === 'text'),
  )
  const rows = await Promise.all(
    named.map((table) =>
      db
        .selectFrom(table.name as 'jobs')
        .select('id')
        .execute(),
    ),
  )
  return rows.flat().map(({ id }) => id)
}

import { afterAll, expect, test } from 'vitest'
import { testDatabase } from '../support/database.ts'
import { sourceFiles } from '../support/sources.ts'

interface Column {
  nullable: boolean
  /** May be left out of an insert though it is not nullable. */
  generated: boolean
}
type Columns = Record<string, Column>

const { pool, drop } = await testDatabase()
afterAll(drop)

test('the types of tables.ts say what the migrated database has', async () => {
  const files = sourceFiles(['src/database']).filter(({ path }) => path.includes('/tables'))
  const declared = readTypes(files.map(({ text }) => text).join('\n'))
  expect(Object.keys(declared).length).toBeGreaterThan(20)
  expect(declared).toEqual(await readSchema())
})

function readTypes(text: string): Record<string, Columns> {
  const source = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
  const bodies = new Map(
    [...source.matchAll(/interface (\w+) \{\n([\s\S]*?)\n\}/g)].map(([, name, body]) => [name, body]),
  )
  const nullableAliases = [...source.matchAll(/^export type (\w+) = .*\| null.*$/gm)].map(([, name]) => name)
  const tables = fields(bodies.get('Tables') ?? '').map(([table, type]) => {
    const columns = fields(bodies.get(type) ?? '').map(([name, type]): [string, Column] => {
      const nullable = /\|\s*null\b/.test(type) || nullableAliases.includes(type)
      return [name, { nullable, generated: /^Generated|\| undefined/.test(type) }]
    })
    return [table, Object.fromEntries(columns)]
  })
  return Object.fromEntries(tables)
}

/** `name: type` pairs; a type may go over several lines. */
function fields(body: string): [string, string][] {
  return [...body.matchAll(/^ {2}(\w+):\s([\s\S]*?)(?=\n {2}\w+:|$(?![\s\S]))/gm)].map(([, name, type]) => [
    String(name),
    String(type).trim(),
  ])
}

async function readSchema(): Promise<Record<string, Columns>> {
  const { rows } = await pool.query(
    `select table_name, column_name, is_nullable = 'YES' as nullable, column_default is not null or is_identity = 'YES' as generated
     from information_schema.columns where table_schema = 'public' and table_name <> 'schema_migrations'`,
  )
  const tables: Record<string, Columns> = {}
  for (const { table_name, column_name, nullable, generated } of rows) {
    tables[table_name] = { ...tables[table_name], [column_name]: { nullable, generated: generated && !nullable } }
  }
  return tables
}

import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fastFolder } from './fast-folder.ts'
import { ROOT } from './sources.ts'

/** A version of Behalf that comes after this one. */
export interface NextVersion {
  /** Its `src/server/main.ts`. */
  main: string
  remove(): Promise<void>
}

/**
 * What the next version adds: a migration that gives tables in use further columns and indexes, and a kind of step, `next`, that this
 * version does not know.
 */
const MIGRATION = ['jobs', 'connections', 'grants', 'waits', 'recipes', 'persons']
  .map((table) => `alter table ${table} add next_note text not null default 'next';\n`)
  .concat('create index jobs_next_note on jobs (next_note);\n', 'create index on connections (next_note);\n')
  .join('')

const CHANGES = [
  {
    file: 'src/recipes/step.ts',
    find: '    ActionStep,\n    ReplyStep,',
    replace: "    z.strictObject({ kind: z.literal('next'), name: Name }),\n    ActionStep,\n    ReplyStep,",
  },
  {
    file: 'src/jobs/run-steps.ts',
    find: "    case 'stop':\n",
    replace: "    case 'next':\n      return { kind: 'through' }\n    case 'stop':\n",
  },
  {
    file: 'src/recipes/validation/flow.ts',
    find: "    case 'stop':\n",
    replace: "    case 'next':\n      return before\n    case 'stop':\n",
  },
  {
    file: 'src/recipes/validation/pills-in.ts',
    find: "    case 'stop':\n",
    replace: "    case 'next':\n      return []\n    case 'stop':\n",
  },
]

/** Writes it into a temporary folder: this version's code with a few changes. */
export async function makeNextVersion(): Promise<NextVersion> {
  const folder = await mkdtemp(join(fastFolder(), 'behalf-next-'))
  await cp(join(ROOT, 'src'), join(folder, 'src'), { recursive: true })
  await cp(join(ROOT, 'package.json'), join(folder, 'package.json'))
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  const migrations = join(folder, 'src/database/migrations')
  const number = String((await readdir(migrations)).length + 1).padStart(4, '0')
  await writeFile(join(migrations, `${number}_next.sql`), MIGRATION)
  for (const { file, find, replace } of CHANGES) {
    const path = join(folder, file)
    const text = await readFile(path, 'utf8')
    if (text.split(find).length !== 2) throw new Error(`the next version cannot be made: ${file} has changed`)
    await writeFile(
      path,
      text.replace(find, () => replace),
    )
  }
  return { main: join(folder, 'src/server/main.ts'), remove: () => rm(folder, { recursive: true, force: true }) }
}

import { forgetLostKey } from '#connections/sealing/forget-lost-key.ts'
import { underWay } from '#connections/sealing/key-ring.ts'
import type { KeySource } from '#connections/sealing/key-source.ts'
import { fingerprintOf } from '#connections/sealing/key-text.ts'
import type { LostSecret } from '#connections/sealing/lost-secrets.ts'
import { readRotation } from '#connections/sealing/rotate.ts'
import { UserError } from '#core/errors.ts'
import { openDatabase } from '#database/database.ts'
import type { Db } from '#database/db.ts'
import { startEmbeddedPostgres } from '#database/embedded.ts'
import { migrate } from '#database/migrate.ts'
import type { Configuration } from './configuration.ts'
import { endUnreadableJobs } from './end-unreadable-jobs.ts'
import { keySource } from './key-source.ts'

/** The terminal of a command. */
export interface Terminal {
  print(line: string): void
  confirm(question: string): Promise<boolean>
}

const quiet = { debug() {}, info() {}, warn() {}, error() {} }

/** `keys status | rotate | forget-lost-key`. False for any other word. Throws a `UserError` that says what to do instead. */
export async function keysCommand(configuration: Configuration, command: string, terminal: Terminal): Promise<boolean> {
  const source = await keySource(configuration)
  if (command === 'status') await status(configuration, source, terminal)
  else if (command === 'rotate') await rotate(source, terminal)
  else if (command === 'forget-lost-key') await forget(configuration, source, terminal)
  else return false
  return true
}

async function status(configuration: Configuration, source: KeySource, { print }: Terminal): Promise<void> {
  for (const key of await source.read()) print(`at hand (${source.kind}): ${fingerprintOf(key)}`)
  await withDatabase(configuration, async (db) => {
    const rows = await db.selectFrom('sealing_keys').selectAll().orderBy('version').execute()
    for (const { version, fingerprint, sealing_since, taken_out_at, lost_at } of rows) {
      const state = lost_at ? 'lost' : taken_out_at ? 'taken out' : sealing_since ? 'in use' : 'announced'
      print(`version ${version}: ${fingerprint}, ${state}`)
    }
    const rotation = await readRotation(db)
    if (rotation && !rotation.doneAt)
      print(`${rotation.remaining} of ${rotation.total} still to be wrapped; ${rotation.waitingFor} processes behind`)
  }).catch((error) => {
    if (!(error instanceof UserError) || error.code !== 'database_in_use') throw error
    print('A server is running on the embedded database: GET /api/workspace/sealing-key says more.')
  })
}

async function rotate(source: KeySource, { print }: Terminal): Promise<void> {
  // Of a file that is all that can be known beside a running server: a former key is taken out when the change is done.
  if (source.kind === 'file' && (await source.read()).length > 1) throw underWay()
  await source.append()
  const newest = (await source.read()).at(-1) as Buffer
  print(
    `A new key was made: ${fingerprintOf(newest)}. Running servers take it up within seconds, others when they start.`,
  )
  print('Back it up. The old one is taken out of the file when everything is wrapped with the new one.')
}

const CONSEQUENCES =
  'Everything that is sealed in this database is given up for good: every connection, every OAuth client secret, the data of all jobs and the chat. People connect again; builders enter secrets again.'

async function forget(configuration: Configuration, source: KeySource, { print, confirm }: Terminal): Promise<void> {
  if (!(await confirm(CONSEQUENCES))) return print('Nothing was done.')
  const lost = await withDatabase(configuration, (db) => forgetLostKey(db, source, endUnreadableJobs))
  print('Done: start the server. People are asked to connect again by themselves.')
  if (lost.length > 0) print('Give again, by hand (GET /api/workspace/sealing-key says what is left):')
  for (const { kind, name, id } of lost) print(`- ${WORDS[kind]} “${name}” (${id})`)
}

const WORDS: Record<LostSecret['kind'], string> = {
  oauth_client: 'the client secret of the connection',
  surface_app: 'the secrets of the surface',
  credential: 'the credential of the connection',
  sign_in_provider: 'the client secret of the sign-in provider',
  namespace: 'a new signing secret for the product',
}

async function withDatabase<T>(configuration: Configuration, work: (db: Db) => Promise<T>): Promise<T> {
  const { databaseUrl, dataDir } = configuration
  const embedded = databaseUrl ? undefined : await startEmbeddedPostgres({ dataDir, log: quiet })
  const connectionString = databaseUrl ?? embedded?.connectionString ?? ''
  const database = openDatabase({ connectionString, maxConnections: 3, log: quiet })
  try {
    await migrate(database.pool)
    return await work(database.db)
  } finally {
    await database.close()
    await embedded?.stop()
  }
}

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { UserError } from '#core/errors.ts'
import type { Log } from '#core/log.ts'

const run = promisify(execFile)

/** The operating system's user that the server runs as. */
export interface ServerAccount {
  uid: number
  gid: number
}

/**
 * Null when we are an ordinary user: the server then runs as ourselves. As root, which PostgreSQL refuses to run as, the system's
 * user `postgres`, made when missing.
 */
export async function serverAccount(log: Log): Promise<ServerAccount | null> {
  if (process.getuid?.() !== 0) return null
  const existing = await findAccount()
  if (existing) return existing
  await makeAccount()
  const made = await findAccount()
  if (!made) throw missing()
  log.info(
    { user: 'postgres', uid: made.uid },
    'made the system user postgres, because PostgreSQL refuses to run as root',
  )
  return made
}

async function findAccount(): Promise<ServerAccount | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', 'postgres']), run('id', ['-g', 'postgres'])])
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
  } catch {
    return undefined
  }
}

async function makeAccount(): Promise<void> {
  const options = ['--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent']
  try {
    await run('useradd', [...options, '--shell', '/usr/sbin/nologin', 'postgres'])
  } catch (cause) {
    // Two starts at once may both have found it missing; the one that was too late finds it now.
    if (!(await findAccount())) throw missing(cause)
  }
}

function missing(cause?: unknown): UserError {
  return new UserError(
    'database_user_missing',
    'PostgreSQL does not run as root, and the system user "postgres" could not be made. Make it (useradd --system postgres), run Behalf as an ordinary user, or set DATABASE_URL.',
    { cause },
  )
}

import { existsSync } from 'node:fs'
import { readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Cluster } from './cluster.ts'

/** A server that is alive, as its `postmaster.pid` tells. */
export interface Postmaster {
  pid: number
  host: string
  port: number
  ready: boolean
}

/**
 * The server that lives on the cluster, whoever started it. Undefined when there is none; a `postmaster.pid` whose number now belongs
 * to another program is cleared away, for PostgreSQL would refuse to start beside it.
 */
export async function findPostmaster(cluster: Cluster): Promise<Postmaster | undefined> {
  const file = join(cluster.data, 'postmaster.pid')
  const text = await readFile(file, 'utf8').catch(() => '')
  // https://www.postgresql.org/docs/18/storage-file-layout.html: the lines are in this order; the later ones come while it starts.
  const [pid, , , port, socketFolder, listenAddress, , status] = text.split('\n')
  if (!pid) return undefined
  if (!isAlive(Number(pid))) return undefined
  if (!(await isServerOf(Number(pid), cluster))) {
    await clear(file, text)
    return undefined
  }
  return {
    pid: Number(pid),
    host: socketFolder || listenAddress || '',
    port: Number(port),
    ready: status?.trim() === 'ready',
  }
}

/** Whether that server has not ended yet: it removes its `postmaster.pid` a moment before. */
export async function postmasterLives({ pid }: Postmaster, cluster: Cluster): Promise<boolean> {
  return isAlive(pid) && (await isServerOf(pid, cluster))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** A server's working directory is its data. Where that may not be read (root in a container), its program's name must do. */
async function isServerOf(pid: number, cluster: Cluster): Promise<boolean> {
  if (!existsSync('/proc/self/cmdline')) return true
  try {
    const [its, ours] = await Promise.all([stat(`/proc/${pid}/cwd`), stat(cluster.data)])
    return its.dev === ours.dev && its.ino === ours.ino
  } catch {
    const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    return /(^|\/)postgres$/.test(commandLine.split('\0')[0] ?? '')
  }
}

/** Removes the file we read and no other: another start may have replaced it in between. */
async function clear(file: string, text: string): Promise<void> {
  const aside = `${file}.${process.pid}.stale`
  try {
    await rename(file, aside)
    if ((await readFile(aside, 'utf8')) === text) await rm(aside)
    else await rename(aside, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

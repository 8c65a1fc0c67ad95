import { readFileSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'

const MEMORY = '/dev/shm'
const ENOUGH_BYTES = 2 * 1024 ** 3

/**
 * Where test databases are put: in memory, where the system has room there and lets programs run from it, else on the disk.
 * A database is some five hundred files, and a disk may take a millisecond to make one: cloning takes 0.4 s there, 0.03 s here.
 */
export function fastFolder(): string {
  try {
    const mounts = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .map((line) => line.split(' '))
    const options = mounts.find(([, folder]) => folder === MEMORY)?.[3]?.split(',') ?? ['noexec']
    const { bavail, bsize } = statfsSync(MEMORY)
    return !options.includes('noexec') && options.includes('rw') && bavail * bsize >= ENOUGH_BYTES ? MEMORY : tmpdir()
  } catch {
    return tmpdir()
  }
}

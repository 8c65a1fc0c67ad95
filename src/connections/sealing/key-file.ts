import { randomBytes } from 'node:crypto'
import { chmod, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { UserError } from '#core/errors.ts'
import type { KeySource } from './key-source.ts'
import { fingerprintOf, parseKey } from './key-text.ts'

/**
 * Keys in a file of mode 600, one a line, the newest last. `create` makes it with a first key where it is missing; two first starts at
 * once agree on one. Every change is a new file put in the old one's place, on the disk before it counts.
 */
export async function keyFile(path: string, { create }: { create: boolean }): Promise<KeySource> {
  if (create) await createOnce(path)
  const read = async () => {
    const lines = (await readLines(path)).map((line) => parseKey(line, path))
    if (lines.length > 0) return lines
    throw new UserError(
      'sealing_key_malformed',
      `${path} holds no key. Put back the one this database was sealed with.`,
    )
  }
  await chmod(path, 0o600)
  return {
    kind: 'file',
    read,
    append: () => alone(path, async () => replace(path, [...(await read()), randomBytes(32)])),
    remove: (fingerprints) =>
      alone(path, async () => {
        const keys = await read()
        const left = keys.filter((key) => !fingerprints.has(fingerprintOf(key)))
        if (left.length < keys.length && left.length > 0) await replace(path, left)
      }),
  }
}

async function readLines(path: string): Promise<string[]> {
  return (await readFile(path, 'utf8')).split('\n').filter((line) => line.trim() !== '')
}

async function createOnce(path: string): Promise<void> {
  await alone(path, async () => {
    const present = await stat(path).catch(() => undefined)
    if (!present) await replace(path, [randomBytes(32)])
  })
}

async function replace(path: string, keys: Buffer[]): Promise<void> {
  const next = `${path}.next`
  const file = await open(next, 'w', 0o600)
  try {
    await file.chmod(0o600)
    await file.writeFile(keys.map((key) => `${key.toString('base64')}\n`).join(''))
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(next, path)
  // why: without it a power cut could bring the old file back, after something was sealed with the new key.
  const folder = await open(dirname(path))
  await folder.sync().finally(() => folder.close())
}

const LOCK_LIFE_MS = 10_000
const POLL_MS = 20

/** One at a time on all processes that share the file; the lock of one that was killed lapses. */
async function alone<T>(path: string, work: () => Promise<T>): Promise<T> {
  const lock = `${path}.lock`
  for (;;) {
    const taken = await open(lock, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
    if (taken) {
      await taken.close()
      return work().finally(() => rm(lock, { force: true }))
    }
    const held = await stat(lock).catch(() => undefined)
    if (held && Date.now() - held.mtimeMs > LOCK_LIFE_MS) await rm(lock, { force: true })
    await delay(POLL_MS)
  }
}

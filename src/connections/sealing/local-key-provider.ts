import { createHash, randomBytes } from 'node:crypto'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { Bug, UserError } from '#core/errors.ts'
import { decrypt, encrypt } from './cipher.ts'
import type { KeyProvider } from './key-provider.ts'

/** Wraps with 32-byte keys held in memory: `keys` by version, the highest is the current one. */
function makeLocalKeyProvider(keys: ReadonlyMap<number, Buffer>): KeyProvider {
  const current = Math.max(...keys.keys())
  const keyOf = (version: number): Buffer => {
    const key = keys.get(version)
    if (key === undefined) throw new Bug(`sealing key version ${version} is not at hand`)
    return key
  }
  return {
    version: () => current,
    fingerprint: async () =>
      createHash('sha256').update('behalf sealing key\n').update(keyOf(current)).digest('hex').slice(0, 32),
    async wrap(dataKey, context) {
      const version = Buffer.alloc(4)
      version.writeUInt32BE(current)
      return Buffer.concat([version, encrypt(keyOf(current), dataKey, `key ${current} for ${context}`)])
    },
    async unwrap(wrapped, context) {
      const version = wrapped.readUInt32BE(0)
      return decrypt(keyOf(version), wrapped.subarray(4), `key ${version} for ${context}`)
    },
  }
}

/** The key of `BEHALF_SEALING_KEY`: 32 bytes in base 64. */
export function keyProviderFromText(text: string): KeyProvider {
  const key = Buffer.from(text.trim(), 'base64')
  if (key.length !== 32)
    throw new UserError(
      'sealing_key_malformed',
      'BEHALF_SEALING_KEY must be 32 bytes in base 64. Make one with: openssl rand -base64 32',
    )
  return makeLocalKeyProvider(new Map([[1, key]]))
}

/** The key kept in a file, made with mode 600 at the first start. Two first starts at once agree on one key. */
export async function keyProviderFromFile(path: string): Promise<KeyProvider> {
  try {
    await writeFile(path, `${randomBytes(32).toString('base64')}\n`, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  await chmod(path, 0o600)
  return keyProviderFromText(await readFile(path, 'utf8'))
}

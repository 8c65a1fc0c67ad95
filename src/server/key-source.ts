import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { keyFile } from '#connections/sealing/key-file.ts'
import type { KeySource } from '#connections/sealing/key-source.ts'
import { keysInEnvironment } from '#connections/sealing/keys-in-environment.ts'
import type { Configuration } from './configuration.ts'

/** Where this server's sealing keys are: its settings, a file that was named, or `sealing.key` in the data folder, made when missing. */
export async function keySource({
  sealingKeys,
  dataDir,
}: Pick<Configuration, 'sealingKeys' | 'dataDir'>): Promise<KeySource> {
  if (sealingKeys?.kind === 'environment') return keysInEnvironment(sealingKeys)
  if (sealingKeys?.kind === 'file') return keyFile(sealingKeys.path, { create: true })
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  return keyFile(join(dataDir, 'sealing.key'), { create: true })
}

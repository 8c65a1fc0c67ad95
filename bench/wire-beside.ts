import { openKeyRing } from '../src/connections/sealing/key-ring.ts'
import { keysInEnvironment } from '../src/connections/sealing/keys-in-environment.ts'
import { openDatabase } from '../src/database/database.ts'
import { wire } from '../src/server/wire.ts'
import type { Town } from './town.ts'

const quiet = { debug() {}, info() {}, warn() {}, error() {} }

/** A server's inside in this process, on the town's database and with its key: it answers nobody and runs no jobs. */
export async function wireBeside(town: Town) {
  const database = openDatabase({ connectionString: town.connectionString, maxConnections: 4, log: quiet })
  const keys = await openKeyRing(database.db, keysInEnvironment({ current: town.sealingKey, former: '' }))
  const allowedPrivateHosts = [town.crm.url.host]
  const wiring = { database, log: quiet, keys, publicUrl: town.behalf.url, allowedPrivateHosts, askForMs: 1000 }
  const { ctx, close } = await wire(wiring)
  const stop = async (): Promise<void> => {
    await close()
    await database.close()
  }
  return { ctx, stop }
}

import type { ConnectorRegistry } from '#connectors/connector.ts'
import type { Clock } from '#core/clock.ts'
import type { Egress } from '#core/egress.ts'
import type { ConnectionId } from '#core/ids.ts'
import type { Log } from '#core/log.ts'
import type { Traced } from '#core/trace.ts'
import type { Db } from '#database/db.ts'
import type { OpenGrant } from './grant.ts'
import type { RefreshOutcome } from './refresh-grant.ts'
import type { DataKeys } from './sealing/data-keys.ts'
import type { KeyRing } from './sealing/key-ring.ts'

/** What this room works with; wired once at start. */
export interface ConnectionsContext extends Traced {
  db: Db
  clock: Clock
  log: Log
  egress: Egress
  connectors: ConnectorRegistry
  keys: KeyRing
  dataKeys: DataKeys
  /** Where people reach this server; redirect URIs and links hang on it. No path, no trailing slash. */
  publicUrl: URL
  /** Names this process where it holds something. */
  processId: string
  /** Until the last byte of a token response. */
  tokenTimeoutMs: number
  /** The pauses before what may be repeated is tried again. */
  retryDelaysMs: readonly number[]
  /** Opened grants by connection, valid for one version each. Only speeds up; correct when empty. */
  openGrants: Map<ConnectionId, OpenGrant>
  /** Refreshes under way in this process, so that one request is sent for all who wait. */
  refreshes: Map<ConnectionId, Promise<RefreshOutcome>>
}

import type { BoundRequest } from '#connectors/connector.ts'
import { OutsideError } from '#core/errors.ts'
import type { ConnectionId } from '#core/ids.ts'
import { inSpan, noteOnSpan } from '#core/trace.ts'
import { isRetryable, withRetries } from '#core/with-retries.ts'
import { isDatabaseOutage } from '#database/is-database-outage.ts'
import { Interrupted, type Interruption } from './connect-reason.ts'
import type { ConnectionsContext } from './context.ts'
import { loadGrant, type OpenGrant } from './grant.ts'
import { jitterOf } from './jitter.ts'
import { connectorOf } from './parent.ts'
import { refreshGrant } from './refresh-grant.ts'
import { bindRequest } from './request.ts'
import { type Fence, readStanding, type Standing, type Whose } from './standing.ts'

/** A grant that may be used now, by `request` alone. */
export interface ReadyConnection {
  connectionId: ConnectionId
  accountLabel: string | null
  /** Sends with this grant and no other; throws `Interrupted` once it may no longer be used. */
  request: BoundRequest
  /** The parent's. */
  settings: unknown
  /**
   * What was sent so far, for the record. `accepted` counts answers other than 401: what may have had an effect; `unanswered` those but
   * GET that left and got none.
   */
  usage: { requests: number; accepted: number; unanswered: number; httpStatus: number | null }
  /** Why a request was stopped, even when the action swallowed it. */
  interruption(): Interruption | null
}

export type UseConnection = { kind: 'ready'; connection: ReadyConnection } | Interruption

/**
 * The grant of `whose` account, ready for requests, or why the person must be asked: never another one in its place. Refreshes it
 * first when its access token is about to end. Every request reads the connection, and the job's fence, again, but one sent in the very
 * turn in which they were read here (docs/decisions/0015). Throws `OutsideError` when the application is down while refreshing.
 */
export function useConnection(
  ctx: ConnectionsContext,
  whose: Whose,
  fence: Fence | null = null,
): Promise<UseConnection> {
  return inSpan(ctx, { name: 'connections/use', connection: whose.parentId }, async () => {
    const used = await makeReady(ctx, whose, fence)
    if (used.kind === 'ready') noteOnSpan({ connection: used.connection.connectionId })
    else noteOnSpan({ outcome: 'reason' in used ? used.reason : 'code' in used ? used.code : used.kind })
    return used
  })
}

async function makeReady(ctx: ConnectionsContext, whose: Whose, fence: Fence | null): Promise<UseConnection> {
  const standing = await readStanding(ctx, whose, fence)
  if (standing.kind === 'interrupted') return standing.interruption
  const isSameTurn = markTurn()
  const grant = await freshGrant(ctx, whose, standing)
  if ('kind' in grant) return grant
  return { kind: 'ready', connection: bind(ctx, { whose, fence, standing, isSameTurn }, grant) }
}

/** Tells whether the event loop has not turned since: this process has heard nothing new, of its database or of anything else. */
function markTurn(): () => boolean {
  let isSame = true
  setImmediate(() => {
    isSame = false
  })
  return () => isSame
}

const READ_AGAIN_AFTER_MS = [100, 400, 500, 1000, 1000, 2000, 2000, 3000, 5000, 5000, 5000]

type Usable = Extract<Standing, { kind: 'usable' }>

/** The stored grant, refreshed when it is due. */
async function freshGrant(ctx: ConnectionsContext, whose: Whose, standing: Usable): Promise<OpenGrant | Interruption> {
  const grant = await presentGrant(ctx, whose, standing)
  if ('kind' in grant || !grant.refreshToken) return grant
  const left = lifeLeftMs(ctx, grant)
  if (left > dueBeforeMs(standing.connectionId, grant)) return grant
  return renew(ctx, whose, standing, grant).catch((error) => {
    // why: while the application cannot renew it, a token that still lives serves.
    if (error instanceof OutsideError && left > 0) return grant
    throw error
  })
}

/** What stands there now: the grant, or why there is none to be used. */
async function presentGrant(
  ctx: ConnectionsContext,
  whose: Whose,
  standing: Standing,
): Promise<OpenGrant | Interruption> {
  if (standing.kind === 'interrupted') return standing.interruption
  const { connectionId, grantVersion } = standing
  const remembered = ctx.openGrants.get(connectionId)
  const grant = remembered?.version === grantVersion ? remembered : await loadGrant(ctx, connectionId)
  // why: it was taken out since its standing was read; only another look tells by whom.
  return grant ?? presentGrant(ctx, whose, await readStanding(ctx, whose, null))
}

const lifeLeftMs = (ctx: ConnectionsContext, { accessExpiresAt }: OpenGrant): number =>
  accessExpiresAt === null ? Number.POSITIVE_INFINITY : accessExpiresAt.getTime() - ctx.clock().getTime()

const LONG_LIFE_SECONDS = 300

/**
 * Due one to two minutes before the end, sooner before it where a token lives for less than five minutes. The moment differs by
 * connection, so that grants made together are not refreshed together.
 */
function dueBeforeMs(connectionId: ConnectionId, { response }: OpenGrant): number {
  const lifeSeconds = typeof response.expires_in === 'number' ? response.expires_in : LONG_LIFE_SECONDS
  return Math.min(lifeSeconds, LONG_LIFE_SECONDS) * 200 * (1 + jitterOf(connectionId))
}

/** Refreshes a grant that will not do. Where none comes of it, the standing tells why: lost, cut off, or connected anew meanwhile. */
async function renew(
  ctx: ConnectionsContext,
  whose: Whose,
  { parent, connectionId }: Usable,
  { version }: OpenGrant,
): Promise<OpenGrant | Interruption> {
  const outcome = await refreshGrant(ctx, { parent, connectionId, version })
  if (outcome.kind === 'refreshed') return outcome.grant
  return presentGrant(ctx, whose, await readStanding(ctx, whose, null))
}

interface Taken {
  whose: Whose
  fence: Fence | null
  standing: Usable
  isSameTurn(): boolean
}

function bind(
  ctx: ConnectionsContext,
  { whose, fence, standing, isSameTurn }: Taken,
  first: OpenGrant,
): ReadyConnection {
  const { parent, connectionId } = standing
  const connector = connectorOf(ctx, parent.connector)
  const usage: ReadyConnection['usage'] = { requests: 0, accepted: 0, unanswered: 0, httpStatus: null }
  let grant = first
  let stopped: Interruption | null = null

  const stop = (interruption: Interruption): never => {
    stopped = interruption
    throw new Interrupted(interruption)
  }
  const orStop = (found: OpenGrant | Interruption): OpenGrant => ('kind' in found ? stop(found) : found)
  const readAgain = async (): Promise<void> => {
    // why: nothing is sent yet, and the database may be back in a moment.
    const now = await withRetries(READ_AGAIN_AFTER_MS, isDatabaseOutage, () => readStanding(ctx, whose, fence))
    if (now.kind === 'interrupted') return stop(now.interruption)
    if (now.grantVersion !== grant.version) grant = orStop(await presentGrant(ctx, whose, now))
  }
  const request = bindRequest({
    egress: ctx.egress,
    connector,
    baseUrl: connector.baseUrl(parent.settings, grant.response),
    origins: connector.origins(parent.settings),
    settings: parent.settings,
    credential: () => grant,
    async beforeEach() {
      if (stopped) stop(stopped)
      if (!isSameTurn()) await readAgain()
      usage.requests += 1
    },
    async onUnauthorized() {
      // why: nothing was accepted, and renewing may be repeated, whatever the action is: a moment's trouble must not fail it.
      const next = await withRetries(ctx.retryDelaysMs, isRetryable, () => renew(ctx, whose, standing, grant))
      grant = orStop(next)
      return true
    },
    onResponse(status) {
      usage.httpStatus = status
      if (status !== 401) usage.accepted += 1
      noteOnSpan({ httpStatus: status })
    },
    onUnanswered() {
      usage.unanswered += 1
    },
  })
  return {
    connectionId,
    accountLabel: standing.accountLabel,
    request: (wanted) =>
      inSpan(ctx, { name: 'request', kind: 'client', method: wanted.method, connection: connectionId }, () =>
        request(wanted),
      ),
    settings: parent.settings,
    usage,
    interruption: () => stopped,
  }
}

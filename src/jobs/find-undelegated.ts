import type { ConnectReason } from '#connections/connect-reason.ts'
import { readStanding } from '#connections/standing.ts'
import { delegationsNeeded } from '#recipes/delegations-needed.ts'
import type { JobsContext } from './context.ts'
import { findChild, leaveNeeded } from './find-delegated.ts'
import type { Invocation } from './invocation.ts'
import type { DelegatedConnection } from './run.ts'

/** A connection that a job without a person needs and cannot use as things stand, and why. */
export interface Undelegated extends DelegatedConnection {
  /** `consent_needed`: it is not delegated, or not for all of it; any other: it must be connected again. */
  reason: ConnectReason
}

/** Everything that people must delegate, or connect again, before the first step of a program that runs without a person. */
export async function findUndelegated(
  ctx: JobsContext,
  { program, person, workspaceId }: Pick<Invocation, 'program' | 'person' | 'workspaceId'>,
): Promise<Undelegated[]> {
  const undelegated: Undelegated[] = []
  if (person) return undelegated
  for (const { connectionId, part } of delegationsNeeded(program)) {
    const child = await findChild(ctx, workspaceId, connectionId)
    const needed = { connectionId, ...child, use: leaveNeeded(ctx, program, part) }
    const reason = await reasonToWait(ctx, needed)
    if (reason) undelegated.push({ ...needed, reason })
  }
  return undelegated
}

/** Why a connection that was named cannot be used now; undefined when it can, or when nobody can mend it but the builder. */
export async function reasonToWait(
  ctx: JobsContext,
  { parentId, personId, use }: DelegatedConnection,
): Promise<ConnectReason | undefined> {
  const standing = await readStanding(ctx, { parentId, personId, recipe: use }, null)
  if (standing.kind !== 'interrupted' || standing.interruption.kind !== 'connect') return undefined
  return standing.interruption.reason
}

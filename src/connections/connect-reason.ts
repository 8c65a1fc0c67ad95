/** Why a person's own connection cannot be used, and they must be asked. */
export type ConnectReason =
  | 'never_connected'
  | 'disconnected'
  | 'revoked'
  | 'expired'
  | 'scope_missing'
  | 'wrong_account'
  | 'parent_changed'
  | 'orphaned'
  /** It is connected, but not for this recipe, or not for all that this recipe does by now. */
  | 'consent_needed'

/** Thrown from a bound request to end the action it was sent by: the connection, or the job, was cut off since it began. */
export class Interrupted extends Error {
  override name = 'Interrupted'
  readonly interruption: Interruption

  constructor(interruption: Interruption) {
    super(`interrupted: ${interruption.kind}`)
    this.interruption = interruption
  }
}

export type Interruption =
  /** The person must be asked before anything more is sent. */
  | { kind: 'connect'; reason: ConnectReason }
  /** Somebody else holds the job by now, or it ended: nothing more may be done for it here. */
  | { kind: 'fence_lost' }
  /** The parent itself is deleted or not connected. */
  | { kind: 'parent_unusable'; code: 'parent_deleted' | 'parent_not_connected' }

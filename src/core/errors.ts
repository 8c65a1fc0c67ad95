/** What every error of ours carries: a stable code with a line in `docs/errors.md`. */
interface ErrorOptionsWithDetails {
  /** Facts a person may see: never a credential, never another person's data. */
  details?: Record<string, unknown>
  cause?: unknown
}

/**
 * Somebody asked for what cannot be done, and can do something about it.
 * Its message is shown to them as it stands and says what to do.
 */
export class UserError extends Error {
  override name = 'UserError'
  readonly code: string
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 410 | 413 | 422 | 429
  readonly details: Record<string, unknown> | undefined

  constructor(
    code: string,
    message: string,
    { status = 400, details, cause }: ErrorOptionsWithDetails & { status?: UserError['status'] } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.status = status
    this.details = details
  }
}

/** Another system failed us, or refused. `retryable` says whether the same request may succeed later. */
export class OutsideError extends Error {
  override name = 'OutsideError'
  readonly code: string
  readonly retryable: boolean
  /** The HTTP status the other system answered with, when it answered. */
  readonly httpStatus: number | undefined
  /** How long the other system asked us to wait before the next try. */
  readonly retryAfterMs: number | undefined
  readonly details: Record<string, unknown> | undefined

  constructor(
    code: string,
    message: string,
    {
      retryable,
      httpStatus,
      retryAfterMs,
      details,
      cause,
    }: ErrorOptionsWithDetails & { retryable: boolean; httpStatus?: number; retryAfterMs?: number },
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.retryable = retryable
    this.httpStatus = httpStatus
    this.retryAfterMs = retryAfterMs
    this.details = details
  }
}

/** We broke a promise of our own. People see a reference, never the message. */
export class Bug extends Error {
  override name = 'Bug'
  readonly code = 'bug'
}

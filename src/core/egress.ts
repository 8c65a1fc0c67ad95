/** One request that leaves the server. */
export interface OutgoingRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  url: URL
  headers?: Record<string, string>
  body?: string
  /** Until the last byte of the answer. Default 30 seconds. */
  timeoutMs?: number
  /** The largest answer that is read; a larger one is an error. Default 10 MiB. */
  maxBytes?: number
  signal?: AbortSignal
  /** Called when the connection stands, right before anything is sent; what it throws is thrown, and nothing is sent. */
  beforeSending?: () => void
}

/** The answer, read whole. Redirects are never followed: a 3xx is an answer like any other. */
export interface OutgoingResponse {
  status: number
  headers: Headers
  body: string
}

/**
 * The only way out of the server. Refuses any address that is private or special (loopback, link-local,
 * unique-local, multicast, in whatever spelling or by DNS) unless its `host:port` is on the named allow-list;
 * the address that was checked is the one that is connected to.
 *
 * Throws `OutsideError` with `egress_refused` (not retryable), `outside_timeout`, `outside_too_large`,
 * `outside_unreachable` (retryable).
 */
export type Egress = (request: OutgoingRequest) => Promise<OutgoingResponse>

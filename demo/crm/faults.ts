/** Where a server can be told to misbehave. */
export type FaultPlace = 'rest' | 'token' | 'revoke'

interface Fault {
  status: number
  headers: Record<string, string>
}

/** Misbehaviour on demand, for tests: failures that were ordered, and slowness. */
export interface Faults {
  /** The next `n` requests at `place` are answered with `status` and do nothing. */
  failNext(place: FaultPlace, n: number, status: number, headers?: Record<string, string>): void
  /** Every answer at every place comes this much later. */
  setDelayMs(ms: number): void
  /** Waits for the delay, then yields the failure that was ordered, or null. */
  meet(place: FaultPlace): Promise<Fault | null>
}

export function createFaults(delayMs = 0): Faults {
  const ordered: Record<FaultPlace, Fault[]> = { rest: [], token: [], revoke: [] }
  let delay = delayMs
  return {
    failNext(place, n, status, headers = {}) {
      for (let i = 0; i < n; i++) ordered[place].push({ status, headers })
    },
    setDelayMs(ms) {
      delay = ms
    },
    async meet(place) {
      if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay))
      return ordered[place].shift() ?? null
    },
  }
}

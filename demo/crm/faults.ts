/** Where the CRM can be told to misbehave. */
export type CrmPlace = 'rest' | 'token' | 'revoke'

interface Fault {
  status: number
  headers: Record<string, string>
}

/** Misbehaviour on demand, for tests: failures and cut connections that were ordered, and slowness. */
export interface Faults<Place extends string> {
  /** The next `n` requests at `place` are answered with `status` and do nothing. */
  failNext(place: Place, n: number, status: number, headers?: Record<string, string>): void
  /** The next request at `place` is carried out, but its connection is cut before the answer. */
  dropNextResponse(place: Place): void
  /** Every answer at every place comes this much later. */
  setDelayMs(ms: number): void
  /** Waits for the delay, then yields the failure that was ordered, or null. */
  meet(place: Place): Promise<Fault | null>
  /** Whether the answer about to be sent was ordered to be lost. */
  takeDrop(place: Place): boolean
}

export function createFaults<Place extends string>(delayMs = 0): Faults<Place> {
  const failures = new Map<Place, Fault[]>()
  const drops = new Map<Place, number>()
  let delay = delayMs
  return {
    failNext(place, n, status, headers = {}) {
      const ordered = failures.get(place) ?? []
      failures.set(place, [...ordered, ...Array.from({ length: n }, () => ({ status, headers }))])
    },
    dropNextResponse(place) {
      drops.set(place, (drops.get(place) ?? 0) + 1)
    },
    setDelayMs(ms) {
      delay = ms
    },
    async meet(place) {
      if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay))
      return failures.get(place)?.shift() ?? null
    },
    takeDrop(place) {
      const ordered = drops.get(place) ?? 0
      if (ordered > 0) drops.set(place, ordered - 1)
      return ordered > 0
    },
  }
}

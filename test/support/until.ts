import { setTimeout as delay } from 'node:timers/promises'

/** Waits for a condition: tries until `probe` gives something truthy, and gives that. An error counts as not yet, and is named at the end. */
export async function until<T>(probe: () => T | Promise<T>, timeoutMs = 15_000, everyMs = 20): Promise<NonNullable<T>> {
  const deadline = Date.now() + timeoutMs
  let last: unknown
  for (;;) {
    try {
      const found = await probe()
      if (found) return found
      last = found
    } catch (error) {
      last = error
    }
    if (Date.now() > deadline) throw new Error('the condition did not come true', { cause: last })
    await delay(everyMs)
  }
}

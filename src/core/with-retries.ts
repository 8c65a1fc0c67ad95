import { setTimeout as delay } from 'node:timers/promises'
import { OutsideError } from './errors.ts'

const LONGEST_PAUSE_MS = 20_000

/**
 * Tries again after each of these pauses (longer, up to 20 seconds, where the other system asked for it) while `mayPass` says of the
 * error that it may pass. Throws the last one.
 */
export async function withRetries<T>(
  pausesMs: readonly number[],
  mayPass: (error: unknown) => boolean,
  attempt: () => Promise<T>,
): Promise<T> {
  for (const pauseMs of pausesMs) {
    try {
      return await attempt()
    } catch (error) {
      if (!mayPass(error)) throw error
      const asked = error instanceof OutsideError ? (error.retryAfterMs ?? 0) : 0
      await delay(Math.min(Math.max(pauseMs, asked), LONGEST_PAUSE_MS))
    }
  }
  return attempt()
}

/** Whether the other system seems to be busy or down for a moment. */
export const isRetryable = (error: unknown): boolean => error instanceof OutsideError && error.retryable

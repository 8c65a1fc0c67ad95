import { setTimeout as pause } from 'node:timers/promises'

/** Waits for something, but for no longer than so many milliseconds: whether it is done by then. Throws what it throws until then. */
export function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  return Promise.race([work.then(() => true), pause(ms, false, { ref: false })])
}

import type { RefreshRequest } from '../support/refresh-log.ts'
import { type RefreshingProcess, startRefreshingProcess } from '../support/refreshing-process.ts'
import type { Town } from './town.ts'

/** The process of an `x-sender`. */
export const processOf = (sender: string | null): string => sender?.split('/')[0] ?? ''

/** A few processes that can be killed and paused; who is killed is replaced. */
export interface Crew {
  /** One that is alive, the same for a number while nobody dies; waits where all are dead. */
  anyone(number?: number): Promise<RefreshingProcess>
  kill(name: string): void
  /** Stops it for so long, then lets it go on. */
  pause(name: string, ms: number): void
  /**
   * Whether the answer to a request may not have been kept, by our doing: it was given up, or its process was paused before `again`, when
   * the same was asked again, or killed within a second after it was answered.
   */
  wasDisturbed(request: Pick<RefreshRequest, 'sender' | 'at' | 'endedAt'>, again: number): boolean
  /** Everything that was done to them since, in words. */
  mishaps(since: number): string[]
  counts: { killed: number; paused: number }
  stop(): Promise<void>
}

/** Starts it with so many processes. */
export async function startCrew(town: Town, size: number): Promise<Crew> {
  const all = new Map<string, RefreshingProcess>()
  const pauses: { who: string; from: number; until: number }[] = []
  const killedAt = new Map<string, number>()
  const pending = new Set<Promise<unknown>>()
  const counts = { killed: 0, paused: 0 }
  let started = 0
  const later = (work: Promise<unknown>) => {
    pending.add(work)
    void work.finally(() => pending.delete(work))
  }
  const paused = new Set<string>()
  const add = async () => {
    const each = await startRefreshingProcess({ ...town.told, name: `process-${++started}` })
    all.set(each.name, each)
  }
  await Promise.all(Array.from({ length: size }, add))
  const alive = () => [...all.values()].filter((each) => !killedAt.has(each.name))
  return {
    async anyone(number = 0) {
      for (;;) {
        const living = alive()
        const one = living[number % living.length]
        if (one) return one
        await Promise.race(pending)
      }
    },
    counts,
    kill(who) {
      if (!all.has(who) || killedAt.has(who)) return
      counts.killed++
      killedAt.set(who, Date.now())
      all.get(who)?.signal('SIGKILL')
      later(add())
    },
    pause(who, ms) {
      if (!all.has(who) || killedAt.has(who) || paused.has(who)) return
      counts.paused++
      paused.add(who)
      pauses.push({ who, from: Date.now(), until: Date.now() + ms })
      all.get(who)?.signal('SIGSTOP')
      later(
        new Promise<void>((resolve) => setTimeout(resolve, ms)).then(() => {
          all.get(who)?.signal('SIGCONT')
          paused.delete(who)
        }),
      )
    },
    wasDisturbed({ sender, at, endedAt }, again) {
      const who = processOf(sender)
      const diedAt = killedAt.get(who)
      return (
        (sender !== null && all.get(who)?.unanswered.has(sender)) ||
        (diedAt !== undefined && diedAt <= (endedAt ?? diedAt) + 1_000) ||
        pauses.some((pause) => pause.who === who && pause.from <= again && pause.until >= at)
      )
    },
    mishaps: (since) => [
      ...pauses
        .filter(({ until }) => until >= since)
        .map(({ who, from, until }) => `${who} paused from ${from - since} to ${until - since} ms`),
      ...[...killedAt].filter(([, at]) => at >= since - 5_000).map(([who, at]) => `${who} killed at ${at - since} ms`),
      ...[...all.values()].flatMap(({ unanswered }) =>
        [...unanswered].slice(-5).map((each) => `${each} got no answer`),
      ),
    ],
    async stop() {
      while (pending.size > 0) await Promise.all(pending)
      for (const each of all.values()) each.signal('SIGKILL')
      await Promise.all([...all.values()].map(({ ended }) => ended))
    },
  }
}

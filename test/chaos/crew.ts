import { type RefreshingProcess, startRefreshingProcess } from '../support/refreshing-process.ts'
import type { Town } from './town.ts'

/** What was done to a process, by `Date.now()`. */
interface Mishap {
  from: number
  until: number
}

/** A few processes that can be killed and paused; who is killed is replaced. */
export interface Crew {
  alive(): RefreshingProcess[]
  kill(name: string): void
  /** Stops it for so long, then lets it go on. */
  pause(name: string, ms: number): void
  /** Whether a process was killed or paused, or gave up a token request, between these two moments. */
  hadMishap(name: string, from: number, until: number): boolean
  counts: { killed: number; paused: number }
  /** Resolves when nobody is paused and nobody is missing. */
  settle(): Promise<void>
  stop(): Promise<void>
}

/** Starts it with so many processes. */
export async function startCrew(town: Town, { name, size }: { name: string; size: number }): Promise<Crew> {
  const all = new Map<string, RefreshingProcess>()
  const mishaps = new Map<string, Mishap[]>()
  const pending = new Set<Promise<unknown>>()
  const counts = { killed: 0, paused: 0 }
  let started = 0
  const note = (who: string, ms: number) =>
    mishaps.set(who, [...(mishaps.get(who) ?? []), { from: Date.now(), until: Date.now() + ms }])
  const later = (work: Promise<unknown>) => {
    pending.add(work)
    void work.finally(() => pending.delete(work))
  }
  const paused = new Set<string>()
  const killed = new Set<string>()
  const add = async () => {
    const each = await startRefreshingProcess({ ...town.told, name: `${name}-${++started}` })
    all.set(each.name, each)
  }
  await Promise.all(Array.from({ length: size }, add))
  const alive = () => [...all.values()].filter((each) => !killed.has(each.name))
  return {
    alive,
    counts,
    kill(who) {
      if (!all.has(who) || killed.has(who)) return
      counts.killed++
      killed.add(who)
      note(who, 1_000)
      all.get(who)?.signal('SIGKILL')
      later(add())
    },
    pause(who, ms) {
      if (!all.has(who) || killed.has(who) || paused.has(who)) return
      counts.paused++
      paused.add(who)
      note(who, ms)
      all.get(who)?.signal('SIGSTOP')
      later(
        new Promise<void>((resolve) => setTimeout(resolve, ms)).then(() => {
          all.get(who)?.signal('SIGCONT')
          paused.delete(who)
        }),
      )
    },
    hadMishap(who, from, until) {
      const gaveUp = all.get(who)?.unanswered.some((at) => at >= from && at <= until) ?? false
      return gaveUp || (mishaps.get(who) ?? []).some((each) => each.from <= until && each.until >= from)
    },
    async settle() {
      while (pending.size > 0) await Promise.all(pending)
    },
    async stop() {
      while (pending.size > 0) await Promise.all(pending)
      for (const each of all.values()) each.signal('SIGKILL')
      await Promise.all([...all.values()].map(({ ended }) => ended))
    },
  }
}

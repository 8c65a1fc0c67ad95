import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { COMPILE_CACHE } from './compile-cache.ts'
import type { Order, Report, Told, Unanswered } from './refreshing-program.ts'

/** A process of ours that uses and refreshes grants. */
export interface RefreshingProcess {
  name: string
  /** Uses a grant; how often it ended how. A process that ends before answers `{ died: times }`. */
  use(whose: Order['whose'], how?: Partial<Pick<Order, 'times' | 'atOnce' | 'requests'>>): Promise<Report['ends']>
  /** Requests of it, by their `x-sender`, that ended without an answer. */
  unanswered: ReadonlySet<string>
  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void
  /** Resolves when the process has ended, however it did. */
  ended: Promise<unknown>
}

const PROGRAM = fileURLToPath(new URL('refreshing-program.ts', import.meta.url))

/** Starts one and waits until it can be used. Whoever starts it ends it, by SIGKILL: it holds nothing worth keeping. */
export async function startRefreshingProcess(told: Told): Promise<RefreshingProcess> {
  const child = fork(PROGRAM, [JSON.stringify(told)], {
    env: { ...process.env, ...COMPILE_CACHE },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const waiting = new Map<number, { times: number; resolve(ends: Report['ends']): void }>()
  const unanswered = new Set<string>()
  child.on('message', (report: Report | Unanswered | 'ready') => {
    if (report === 'ready') return
    if ('unanswered' in report) return void unanswered.add(report.unanswered)
    waiting.get(report.id)?.resolve(report.ends)
    waiting.delete(report.id)
  })
  const ended = once(child, 'exit').then(() => {
    for (const { times, resolve } of waiting.values()) resolve({ died: times })
    waiting.clear()
  })
  let orders = 0
  const ready = once(child, 'message')
  await Promise.race([ready, ended.then(() => Promise.reject(new Error(`${told.name} ended before it was ready`)))])
  return {
    name: told.name,
    unanswered,
    ended,
    signal: (signal) => void child.kill(signal),
    use(whose, { times = 1, atOnce = 1, requests = 1 } = {}) {
      if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve({ died: times })
      const order: Order = { id: ++orders, whose, times, atOnce, requests }
      return new Promise((resolve) => {
        waiting.set(order.id, { times, resolve })
        child.send(order, () => {})
      })
    },
  }
}

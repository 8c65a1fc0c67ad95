import { Bug } from '#core/errors.ts'
import { type Outcome, startWorkerProcess, type WorkerProcess } from './worker-process.ts'
import type { Question } from './worker-protocol.ts'

/** A few worker processes, each started when it is first needed and replaced when it was killed. */
export interface Workers {
  /** Asks one that is free; who finds all busy waits in turn. The time to be killed after counts from when it is asked. */
  ask(question: Question, killAfterMs: number): Promise<Outcome>
  /** Kills all; what is asked from then on is refused. */
  close(): void
}

/** A worker that was busy for so long in all is replaced, before its bound of processor time ends it in the middle of an answer. */
const RETIRE_AFTER_MS = 60_000

export function makeWorkers(most: number): Workers {
  const idle: Employed[] = []
  const alive = new Set<WorkerProcess>()
  const waiting: (() => void)[] = []
  let free = most
  let closed = false

  async function askFree(question: Question, killAfterMs: number): Promise<Outcome> {
    const worker = takeIdle() ?? (await employ())
    const began = performance.now()
    const outcome = await worker.process.ask(question, killAfterMs)
    worker.busyMs += performance.now() - began
    if (worker.process.hasEnded || outcome.kind === 'killed') alive.delete(worker.process)
    else if (worker.busyMs > RETIRE_AFTER_MS) dismiss(worker)
    else idle.push(worker)
    return outcome
  }

  function takeIdle(): Employed | undefined {
    for (let worker = idle.pop(); worker; worker = idle.pop()) {
      if (!worker.process.hasEnded) return worker
      alive.delete(worker.process)
    }
    return undefined
  }

  async function employ(): Promise<Employed> {
    if (closed) throw new Bug('an expression was to be evaluated after the server stopped')
    const process = await startWorkerProcess()
    if (!process) throw new Bug('no process for expressions could be started')
    alive.add(process)
    if (closed) process.kill()
    return { process, busyMs: 0 }
  }

  function dismiss({ process }: Employed): void {
    alive.delete(process)
    process.kill()
  }

  return {
    async ask(question, killAfterMs) {
      if (free > 0) free--
      else await new Promise<void>((resolve) => waiting.push(resolve))
      try {
        return await askFree(question, killAfterMs)
      } finally {
        const next = waiting.shift()
        if (next) next()
        else free++
      }
    },
    close() {
      closed = true
      for (const process of alive) process.kill()
    },
  }
}

interface Employed {
  process: WorkerProcess
  busyMs: number
}

import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Answer, Question, Said } from './worker-protocol.ts'

/** How a question ended: with the worker's answer, or with the worker, while it was at the expression of that index. */
export type Outcome = Answer | { kind: 'killed' | 'died'; index: number }

/** A process that answers one question at a time. */
export interface WorkerProcess {
  /** Kills the process when the answer is not there after so long. */
  ask(question: Question, killAfterMs: number): Promise<Outcome>
  kill(): void
  /** It ended, and answers no more. */
  readonly hasEnded: boolean
}

const HEAP_MB = 128
/** It takes a fifth of a second where the machine is not busy. */
const START_WITHIN_MS = 30_000
/** Of processor time; the pool gives a worker up long before. It is for one whose server was killed in the middle of a question. */
const MAX_CPU_SECONDS = 300

/**
 * Starts a worker and resolves when it is ready; undefined when it does not start.
 *
 * why a process and not a thread: what takes all memory of a thread ends the whole server with it, and a thread within one of the
 * engine's own functions cannot be stopped.
 */
export async function startWorkerProcess(): Promise<WorkerProcess | undefined> {
  const child = spawn('/bin/sh', shellArguments(), {
    cwd: '/',
    // why: what the server was started with is none of theirs.
    env: {},
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
  })
  const tooLong = setTimeout(() => child.kill('SIGKILL'), START_WITHIN_MS)
  const isReady = await new Promise<boolean>((resolve) => {
    child.once('message', () => resolve(true))
    child.once('error', () => resolve(false))
    child.once('exit', () => resolve(false))
  })
  clearTimeout(tooLong)
  if (!isReady) return undefined
  // An idle worker holds nobody up who wants to end; whoever asks waits by a timer.
  child.unref()
  child.channel?.unref()
  return asWorker(child)
}

function shellArguments(): string[] {
  const limits = `ulimit -c 0; ulimit -t ${MAX_CPU_SECONDS}; exec "$@"`
  const program = fileURLToPath(new URL('./expression-worker.ts', import.meta.url))
  return ['-c', limits, 'sh', process.execPath, ...nodeFlags(), program]
}

/** It may read its own program and JSONata, and can neither write, nor start anything, nor make code of a text. */
function nodeFlags(): string[] {
  const root = fileURLToPath(new URL('../../../', import.meta.url))
  const readable = ['src/recipes/', 'package.json', 'node_modules/jsonata/']
  return [
    `--max-old-space-size=${HEAP_MB}`,
    '--disallow-code-generation-from-strings',
    '--disable-proto=delete',
    '--no-warnings',
    // why: finding out where links lead would take reading every folder above.
    '--preserve-symlinks',
    '--preserve-symlinks-main',
    '--permission',
    ...readable.map((path) => `--allow-fs-read=${root}${path}`),
  ]
}

function asWorker(child: ChildProcess): WorkerProcess {
  const kill = () => child.kill('SIGKILL')
  return {
    kill,
    get hasEnded() {
      return child.exitCode !== null || child.signalCode !== null || !child.connected
    },
    ask: (question, killAfterMs) =>
      new Promise((resolve) => {
        let index = 0
        const end = (outcome: Outcome): void => {
          clearTimeout(timer)
          child.off('message', hear).off('exit', die)
          resolve(outcome)
        }
        const hear = (said: Said): void => {
          if (said.kind === 'at') index = said.index
          else if (said.kind !== 'ready') end(said)
        }
        const die = (): void => end({ kind: 'died', index })
        const timer = setTimeout(() => {
          kill()
          end({ kind: 'killed', index })
        }, killAfterMs)
        child.on('message', hear).once('exit', die)
        child.send(question, (error) => error && die())
      }),
  }
}

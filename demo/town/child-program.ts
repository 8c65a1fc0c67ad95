import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

/** A program of the town in a process of its own. */
export interface ChildProgram {
  name: string
  pid: number
  /** Resolves when the process has ended without being asked to; never when it was. */
  collapse: Promise<void>
  /** Asks it to stop, and waits until it has; after 20 seconds it is killed. */
  stop(): Promise<void>
  /** `kill -9`: it learns nothing of it. */
  kill(): Promise<void>
}

export interface ProgramWanted {
  /** As people call it: `Acme CRM`. */
  name: string
  /** A TypeScript file and its arguments, run by this very Node. */
  args: string[]
  env: Record<string, string | undefined>
  /** What it writes is added here. */
  logFile: string
  /** An address that answers once it is ready. */
  url: string
}

const READY_MS = 60_000
const STOP_MS = 20_000

/** Starts a program and returns when its address answers. Throws, with the end of its log, when it ends before that. */
export async function startProgram({ name, args, env, logFile, url }: ProgramWanted): Promise<ChildProgram> {
  const log = await open(logFile, 'a', 0o600)
  const { size: begins } = await log.stat()
  // why: in a process group of its own. Ctrl-C reaches the whole group of a terminal at once, and we end our programs in order.
  const child = spawn(process.execPath, args, { env, detached: true, stdio: ['ignore', log.fd, log.fd] })
  await once(child, 'spawn')
  await log.close()
  const ended = once(child, 'exit').then(() => {})
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null
  const collapse = Promise.withResolvers<void>()
  let isAsked = false
  void ended.then(() => isAsked || collapse.resolve())
  const program: ChildProgram = {
    name,
    pid: child.pid!,
    collapse: collapse.promise,
    async stop() {
      isAsked = true
      if (hasEnded()) return
      child.kill('SIGTERM')
      const patience = new AbortController()
      const late = delay(STOP_MS, undefined, { signal: patience.signal }).then(
        () => child.kill('SIGKILL'),
        () => {},
      )
      await Promise.race([ended, late])
      await ended
      patience.abort()
    },
    async kill() {
      isAsked = true
      if (!hasEnded()) child.kill('SIGKILL')
      await ended
    },
  }
  await untilReady({ program, url, hasEnded, said: () => saidSince(logFile, begins) })
  return program
}

interface Starting {
  program: ChildProgram
  url: string
  hasEnded: () => boolean
  said: () => Promise<string>
}

async function untilReady({ program, url, hasEnded, said }: Starting): Promise<void> {
  const deadline = Date.now() + READY_MS
  for (;;) {
    if (hasEnded()) throw new Error(`${program.name} did not start:\n${await said()}`)
    const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(READY_MS) }).catch(() => null)
    await answer?.body?.cancel()
    if (answer && answer.status < 500) return
    if (Date.now() > deadline) {
      await program.kill()
      throw new Error(`${program.name} does not answer at ${url}:\n${await said()}`)
    }
    await delay(50)
  }
}

/** The last lines of what was written to a log behind this place. */
async function saidSince(logFile: string, begins: number): Promise<string> {
  const said = (await readFile(logFile)).subarray(begins).toString()
  const lines = said.trimEnd().split('\n').slice(-12)
  return lines.map((line) => `  ${line}`).join('\n')
}

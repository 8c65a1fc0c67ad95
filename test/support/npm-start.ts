import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { COMPILE_CACHE } from './compile-cache.ts'
import { freePort } from './free-port.ts'

/** A server as `npm start` starts it, in a process of its own. */
export interface StartedProcess {
  child: ChildProcess
  port: number
  /** Everything it has logged. */
  log: { msg: string; level: number }[]
  /** Tells it to stop; resolves with its exit code when it is gone. */
  drain(): Promise<number | null>
  /** As a power cut would; nothing when it is gone already. */
  kill(): Promise<void>
}

const MAIN = fileURLToPath(new URL('../../src/server/main.ts', import.meta.url))

/** Starts this version, or the one whose `main.ts` is given; resolves when it serves, rejects with what it said when it does not. */
export async function npmStart(
  settings: Record<string, string>,
  { main = MAIN, flags = [] }: { main?: string | undefined; flags?: string[] } = {},
): Promise<StartedProcess> {
  const port = await freePort()
  // why: of the settings of whoever runs the tests none is meant for it, and one that it does not know would keep it from starting.
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('BEHALF_'))
  const child = spawn(process.execPath, [main, ...flags], {
    env: { ...Object.fromEntries(inherited), ...COMPILE_CACHE, ...settings, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const gone = once(child, 'exit')
  const started: StartedProcess = {
    child,
    port,
    log: [],
    async drain() {
      child.kill('SIGTERM')
      await gone
      return child.exitCode
    },
    async kill() {
      child.kill('SIGKILL')
      await gone
    },
  }
  let said = ''
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  const ready = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      started.log.push(JSON.parse(line))
      if (line.includes('Behalf is ready')) resolve()
    })
  })
  await Promise.race([ready, gone.then(() => Promise.reject(new Error(`it did not start: ${said}`)))])
  return started
}

/** One that nobody listens on at the moment. */

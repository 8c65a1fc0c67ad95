import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** What the other process says once: that it holds the server, or why not. */
export type EmbeddedAnswer =
  | { ok: true; pid: number; connectionString: string }
  | { ok: false; pid: number; code: string; message: string; details?: Record<string, unknown> }

export interface EmbeddedProcess {
  child: ChildProcess
  answer: Promise<EmbeddedAnswer>
  /** `kill -9`: its PostgreSQL lives on. */
  kill(): Promise<void>
}

export interface EmbeddedProcessOptions {
  dataDir: string
  base: string
  maxConnections?: number
  /** The checkout whose code is run; this one unless given. */
  root?: string
  /** Whom the process becomes after it loaded the code; only root can ask for it. */
  uid?: number
}

const PROGRAM = `
const { root, uid, ...options } = JSON.parse(process.argv[1])
const { startEmbeddedPostgres } = await import(root + '/src/database/embedded.ts')
if (uid !== undefined) { process.setgroups([]); process.setgid(uid); process.setuid(uid) }
const log = { debug() {}, info() {}, warn: console.error, error: console.error }
const say = (answer) => console.log(JSON.stringify({ pid: process.pid, ...answer }))
try {
  const server = await startEmbeddedPostgres({ ...options, log, durable: false })
  process.on('SIGTERM', () => server.stop().then(() => process.exit(0)))
  say({ ok: true, connectionString: server.connectionString })
  setInterval(() => {}, 60_000)
} catch ({ code, message, details }) {
  say({ ok: false, code, message, details })
}`

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

/** Starts the embedded database in a process of its own, which can be killed. */
export function embeddedProcess({ root = ROOT, ...options }: EmbeddedProcessOptions): EmbeddedProcess {
  const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM, JSON.stringify({ root, ...options })], {
    cwd: '/',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const answer = new Promise<EmbeddedAnswer>((resolve, reject) => {
    createInterface({ input: child.stdout! }).once('line', (line) => resolve(JSON.parse(line)))
    child.once('exit', (code) => reject(new Error(`the process ended (${code}) without an answer`)))
  })
  return {
    child,
    answer,
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    },
  }
}

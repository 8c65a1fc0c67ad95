import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { KillableServer } from './killable-server.ts'

/** A whole server in a process of its own. */
export interface ServerProcess {
  url: URL
  process: ChildProcess
  /** As a power cut would; resolves when it is gone. */
  kill(): Promise<void>
}

const PROGRAM = fileURLToPath(new URL('killable-server.ts', import.meta.url))

/** Starts a server with these settings; resolves when it serves. It ends when this process does. */
export async function startServerProcess(settings: Record<string, string>): Promise<ServerProcess> {
  const told: KillableServer = { settings, killAt: 'job ended', nth: Number.MAX_SAFE_INTEGER }
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(told)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const gone = once(child, 'exit')
  const ready = once(createInterface({ input: child.stdout }), 'line').then(([line]) => new URL(String(line)))
  const ended = gone.then(() => Promise.reject(new Error('the server ended before it served')))
  const url = await Promise.race([ready, ended])
  ended.catch(() => undefined)
  return {
    url,
    process: child,
    async kill() {
      child.kill('SIGKILL')
      await gone
    },
  }
}

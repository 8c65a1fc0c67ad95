import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from '../test/support/free-port.ts'

/** Milliseconds from the start of the process until a page is served, in ascending order. */
export interface Starts {
  first: number[]
  later: number[]
}

/** Starts the server with an embedded database in an empty folder, and again in the same, so many times over. */
export async function measureStarts(times: number): Promise<Starts> {
  const starts: Starts = { first: [], later: [] }
  for (let n = 0; n < times; n++) {
    const dataDir = await mkdtemp(join(tmpdir(), 'behalf-starts-'))
    try {
      starts.first.push(await startOnce(dataDir))
      starts.later.push(await startOnce(dataDir))
    } finally {
      const database = await realpath(join(dataDir, 'postgres')).catch(() => undefined)
      if (database) await rm(database, { recursive: true, force: true })
      await rm(dataDir, { recursive: true, force: true })
    }
  }
  const ascending = (a: number, b: number): number => a - b
  return { first: starts.first.sort(ascending), later: starts.later.sort(ascending) }
}

const MOST_MS = 120_000
const MAIN = fileURLToPath(new URL('../src/server/main.ts', import.meta.url))

async function startOnce(dataDir: string): Promise<number> {
  const port = await freePort()
  const began = performance.now()
  const env = { PATH: process.env.PATH ?? '', PORT: String(port), BEHALF_DATA_DIR: dataDir, LOG_LEVEL: 'error' }
  const server = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'ignore', 'inherit'] })
  const ended = once(server, 'exit')
  try {
    while (!(await isServed(`http://127.0.0.1:${port}/`))) {
      if (server.exitCode !== null) throw new Error(`the server ended with ${server.exitCode}`)
      if (performance.now() - began > MOST_MS)
        throw new Error('no page is served; is the console built? `npm start` builds it')
      await pause(5)
    }
    return performance.now() - began
  } finally {
    server.kill('SIGTERM')
    await ended
  }
}

async function isServed(url: string): Promise<boolean> {
  const response = await fetch(url).catch(() => undefined)
  return response?.ok === true && (await response.text()).includes('</html>')
}

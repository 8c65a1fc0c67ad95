import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A program of ours in a process of its own that has printed a line with its `url`. */
export interface Program {
  url: URL
  /** Whatever else stood in that line. */
  said: Record<string, unknown>
  process: ChildProcess
  /** Tells it to stop and waits until it has. */
  stop(): Promise<void>
}

/** Starts a program and resolves when it prints one line of JSON with a `url`. Throws, with what it printed, when it ends before. */
export async function startProgram(
  path: string,
  { env = {}, nodeArguments = [] }: { env?: Record<string, string>; nodeArguments?: string[] } = {},
): Promise<Program> {
  const file = fileURLToPath(new URL(path, import.meta.url))
  const child = spawn(process.execPath, [...nodeArguments, file], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit')
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
  }
  const lines = createInterface({ input: child.stdout! })
  const said = await new Promise<Record<string, unknown>>((resolve, reject) => {
    const printed: string[] = []
    lines.on('line', (line) => {
      const fields = fieldsOf(line)
      const { url, level } = fields
      printed.push(line)
      if (typeof url === 'string') resolve(fields)
      // why: a warning or an error in the middle of a measurement makes its figures worth nothing.
      if (typeof level === 'number' && level >= WARNING) console.error(line)
    })
    void ended.then(() => reject(new Error(`${path} ended before it was ready:\n${printed.join('\n')}`)))
  })
  return { url: new URL(`${said.url}`), said, process: child, stop }
}

/** As pino numbers its levels. */
const WARNING = 40

function fieldsOf(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line)
  } catch {
    return {}
  }
}

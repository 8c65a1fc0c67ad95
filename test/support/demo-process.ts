import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** The demo as its own process, with the addresses of its guide. */
export interface DemoProcess {
  doorstep: string
  behalf: string
  crm: string
  /** The emulated Slack's page. */
  slack: string
  /** Microsoft's playground. */
  teams: string
  guide: string
  /** Presses Ctrl-C, as it were, and gives the exit code. */
  stop(): Promise<number | null>
}

const MAIN = join(import.meta.dirname, '../../demo/main.ts')

/** Starts `npm run demo` on a folder, and waits for its guide. */
export async function startDemo(folder: string): Promise<DemoProcess> {
  const demo = spawn(process.execPath, [MAIN, '--data', folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  const guide = await readGuide(demo)
  const address = (name: string) => new RegExp(`${name} +(http://127\\.0\\.0\\.1:\\d+\\S*)`).exec(guide)?.[1] ?? ''
  return {
    doorstep: address('Be somebody'),
    behalf: address('Behalf'),
    crm: address('Acme CRM'),
    slack: address('Slack'),
    teams: address('Teams'),
    guide,
    async stop() {
      if (demo.exitCode !== null) return demo.exitCode
      const exited = once(demo, 'exit')
      demo.kill('SIGINT')
      return (await exited)[0]
    },
  }
}

async function readGuide(demo: ChildProcess): Promise<string> {
  let guide = ''
  for await (const chunk of demo.stdout!.iterator({ destroyOnReturn: false })) {
    guide += chunk
    if (guide.includes('Ctrl-C')) return guide
  }
  throw new Error(`the demo ended before it was ready:\n${guide}`)
}

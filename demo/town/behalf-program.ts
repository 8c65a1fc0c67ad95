import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type ChildProgram, startProgram } from './child-program.ts'
import type { Ports } from './choose-ports.ts'

/** Behalf as `npm start` runs it, in a process of its own that can be killed and started again. */
export interface BehalfProgram {
  url: string
  /** Where its owner is created, as it printed when it was started for the first time. */
  ownerLink(): Promise<string>
  /** Starts it at the same address, on the same data. */
  start(): Promise<void>
  /** Lets running jobs end, then stops it with its database. */
  stop(): Promise<void>
  /** `kill -9`: its database lives on, to be taken over by the next start. */
  kill(): Promise<void>
}

interface BehalfWanted {
  folder: string
  ports: Ports
  /** Called when it ends without being asked to. */
  collapsed(): void
}

/** Starts nothing yet. */
export function behalfProgram({ folder, ports, collapsed }: BehalfWanted): BehalfProgram {
  const url = `http://127.0.0.1:${ports.behalf}`
  let program: Promise<ChildProgram> | null = null
  const end = async (how: 'stop' | 'kill') => {
    const ending = program
    program = null
    // One that did not come up has ended already, and its start has said so.
    await (await ending?.catch(() => null))?.[how]()
  }
  const logFile = join(folder, 'behalf.log')
  return {
    url,
    ownerLink: () => readOwnerLink(logFile),
    async start() {
      program = startProgram({
        name: 'Behalf',
        args: [join(import.meta.dirname, '../../src/server/main.ts')],
        env: environment(folder, ports),
        logFile,
        url: `${url}/health`,
      })
      void (await program).collapse.then(collapsed)
    },
    stop: () => end('stop'),
    kill: () => end('kill'),
  }
}

/** It answers a moment before it prints. */
async function readOwnerLink(logFile: string): Promise<string> {
  for (let looks = 0; looks < 100; looks++) {
    const link = /"owner_link":"([^"]+)"/.exec(await readFile(logFile, 'utf8'))?.[1]
    if (link) return link
    await delay(50)
  }
  throw new Error(`Behalf did not say where its owner is created; see ${logFile}`)
}

function environment(folder: string, { behalf, crm, github, slack, teams }: Ports): Record<string, string | undefined> {
  // why: not our whole environment, where settings of a real Behalf may stand, and the address of its database.
  const { PATH, TMPDIR } = process.env
  return {
    PATH,
    TMPDIR,
    PORT: `${behalf}`,
    BEHALF_DATA_DIR: join(folder, 'behalf'),
    // All of them are on this very machine, where nothing may otherwise lead.
    BEHALF_ALLOWED_PRIVATE_HOSTS: [crm, github, slack, teams].map((port) => `127.0.0.1:${port}`).join(),
  }
}

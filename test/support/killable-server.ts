// A server in a process of its own, which kills itself at one labelled point of a job, as a power cut would.
import { flushCompileCache } from 'node:module'
import type { Checkpoint } from '../../src/jobs/context.ts'
import { readConfiguration } from '../../src/server/configuration.ts'
import { makeLog } from '../../src/server/log.ts'
import { startBehalf } from '../../src/server/start.ts'

/** What the program is told, as JSON in its first argument. */
export interface KillableServer {
  settings: Record<string, string>
  killAt: Checkpoint
  /** At which time of being there, from 1. */
  nth: number
}

const { settings, killAt, nth } = JSON.parse(process.argv[2] ?? '') as KillableServer
let met = 0

// why: a test that is given up leaves no server behind, which would keep the whole run from ending.
process.stdin.on('end', () => process.exit(1)).resume()

const { url } = await startBehalf(readConfiguration(settings), {
  log: makeLog('silent'),
  retryDelaysMs: [5, 10],
  checkpoint(label) {
    if (label !== killAt || ++met < nth) return
    process.kill(process.pid, 'SIGKILL')
    // Nothing more is done until the signal is there.
    for (;;);
  },
})
flushCompileCache()
console.log(url.href)

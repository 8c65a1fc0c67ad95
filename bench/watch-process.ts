import { countStatements, type StatementCount } from './count-statements.ts'

/**
 * Loaded into the server under measurement by `--import`: on `start` counts statements and CPU time, on `stop` sends them to the bench.
 * Until then it does nothing.
 */
export interface ProcessReport {
  statements: StatementCount[]
  cpuMs: number
}

const counter = countStatements()
let cpuAtStart = process.cpuUsage()

process.on('message', (message) => {
  if (message === 'start') {
    counter.start()
    cpuAtStart = process.cpuUsage()
  } else if (message === 'stop') {
    const { user, system } = process.cpuUsage(cpuAtStart)
    const report: ProcessReport = { statements: counter.stop(), cpuMs: (user + system) / 1000 }
    process.send?.(report)
  }
})
// why: the channel to the bench must not keep a server up that was told to stop.
process.channel?.unref()

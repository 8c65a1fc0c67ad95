import { UserError } from '#core/errors.ts'
import { readConfiguration } from './configuration.ts'
import { makeLog } from './log.ts'
import { startBehalf } from './start.ts'

/** `npm start`: runs the server until it is told to stop. */
async function main(): Promise<void> {
  const configuration = readConfiguration(process.env)
  const log = makeLog(configuration.logLevel)
  const behalf = await startBehalf(configuration, { log })
  log.info({ url: behalf.url.href }, `Behalf is ready at ${behalf.url.href}`)
  let stopping = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      // why: whoever presses it a second time does not want to wait for running jobs.
      if (stopping) process.exit(130)
      stopping = true
      log.info({}, 'stopping: running jobs are finished first')
      void behalf.stop().then(
        () => process.exit(0),
        (err) => {
          log.error({ err }, 'stopping failed')
          process.exit(1)
        },
      )
    })
}

main().catch((error: unknown) => {
  if (error instanceof UserError) console.error(error.message)
  else console.error(error)
  process.exit(1)
})

import { parseArgs } from 'node:util'
import { UserError } from '#core/errors.ts'
import { readConfiguration } from './configuration.ts'
import { exitOnFault } from './exit-on-fault.ts'
import { makeLog } from './log.ts'
import { startBehalf } from './start.ts'

const SAME_SIGNAL_MS = 2000

/** `npm start`: runs the server until it is told to stop. */
async function main(): Promise<void> {
  const configuration = readConfiguration({ ...process.env, ...readFlags(process.argv.slice(2)) })
  const log = makeLog(configuration.logLevel)
  exitOnFault(log)
  const behalf = await startBehalf(configuration, { log })
  const { url, ownerLink } = behalf
  const next = ownerLink ? `. Create its owner: ${ownerLink.href}` : ''
  log.info({ url: url.href, ...(ownerLink && { owner_link: ownerLink.href }) }, `Behalf is ready at ${url.href}${next}`)
  let stoppingSince: number | undefined
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      // why: npm passes on a signal that the terminal sent us already; only a later one means "do not wait for running jobs".
      if (stoppingSince !== undefined && Date.now() - stoppingSince < SAME_SIGNAL_MS) return
      if (stoppingSince !== undefined) process.exit(130)
      stoppingSince = Date.now()
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

/** `--role web` is `BEHALF_ROLE=web`. */
function readFlags(args: string[]): { BEHALF_ROLE?: string } {
  try {
    const { role } = parseArgs({ args, options: { role: { type: 'string' } } }).values
    return role === undefined ? {} : { BEHALF_ROLE: role }
  } catch (cause) {
    throw new UserError('configuration_invalid', 'npm start takes no other argument than -- --role web|worker|all', {
      cause,
    })
  }
}

main().catch((error: unknown) => {
  if (error instanceof UserError) console.error(error.message)
  else makeLog('error').error({ err: error }, 'Behalf did not start')
  process.exit(1)
})

import type { Log } from '#core/log.ts'

/**
 * Ends the process with status 1 on a fault that nobody caught, as Node would, but says so through the log: Node would print the error
 * with all that hangs on it.
 */
export function exitOnFault(log: Log): void {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const)
    process.on(event, (err: unknown) => {
      log.error({ err }, 'a fault that nobody caught: Behalf ends')
      process.exit(1)
    })
}

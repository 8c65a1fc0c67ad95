import pino, { type DestinationStream } from 'pino'
import type { Log } from '#core/log.ts'
import { loggable } from './loggable.ts'
import { scrub } from './scrub.ts'

/**
 * A log of JSON lines that holds no credential and no data of a job: of errors only what cannot hold any (see `describe-error.ts`), of
 * everything else what does not look like a credential.
 */
export function makeLog(level: string, destination?: DestinationStream): Log {
  const options: pino.LoggerOptions = {
    level,
    base: null,
    formatters: { log: loggable },
    // why: pino's own serializer of errors would write everything that hangs on them; ours has run by then.
    serializers: { err: (described: unknown) => described },
    hooks: {
      logMethod(args, method) {
        const scrubbed = args.map((each: unknown) => (typeof each === 'string' ? scrub(each) : each))
        method.apply(this, scrubbed as Parameters<pino.LogFn>)
      },
    },
  }
  return pino(options, destination ?? process.stdout) as unknown as Log
}

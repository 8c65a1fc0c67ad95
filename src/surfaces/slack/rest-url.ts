import type { CommandsContext } from '#commands/context.ts'
import type { JobId } from '#core/ids.ts'

/** Where all of a message can be read: on its job's page, else in the portal. */
export const restUrl = ({ publicUrl }: CommandsContext, jobId: JobId | null): string =>
  new URL(jobId === null ? '/chat' : `/jobs/${jobId}`, publicUrl).href

import { z } from 'zod'
import type { WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'

/** What a workspace decides for all its people. Every default is the safe one; a name says what turning it on gives up. */
export const WorkspaceSettings = z.object({
  skip_consent_per_recipe: z.boolean().default(false).meta({
    title: 'Do not ask for consent per recipe',
    description:
      'A connected account may be used by every recipe its person runs, without asking them once for each recipe.',
  }),
  allow_shared_outside_accounts: z.boolean().default(false).meta({
    title: 'Allow several people to connect one outside account',
    description:
      'Otherwise an account that somebody connected is refused for everybody else: it is the trace of a hijack.',
  }),
  refuse_other_email: z.boolean().default(false).meta({
    title: 'Refuse accounts with another e-mail address',
    description:
      'An outside account whose e-mail address is not that of the person is refused. Otherwise the person is shown the difference and asked.',
  }),
  children_limit: z.number().int().min(1).max(10_000_000).default(10_000).meta({
    title: 'Runtime user connections per application',
    description: 'Beyond it the next one is refused. Administrators are warned at 80 %.',
  }),
  stop_after_failures: z.number().int().min(0).max(10_000).default(20).meta({
    title: 'Stop a recipe after so many failures in a row',
    description:
      'Counted are failures of the recipe itself, never those of an application that is down, or of a connection that somebody must connect. 0: never.',
  }),
  keep_job_data_days: z.number().int().min(0).max(36_500).default(90).meta({
    title: 'Days that the data of finished jobs is kept',
    description: 'Afterwards it is erased; who ran what, when, and how it ended stays. 0: for ever.',
  }),
  keep_jobs_days: z.number().int().min(0).max(36_500).default(400).meta({
    title: 'Days that finished jobs are kept',
    description: 'Counted from their end; only jobs whose data was erased go. 0: for ever.',
  }),
})
export type WorkspaceSettings = z.output<typeof WorkspaceSettings>

/** What is stored, with the defaults for what is not. A value that an older Behalf stored and this one refuses gives way to its default. */
export function settingsFromRow(stored: Record<string, unknown>): WorkspaceSettings {
  const known = Object.entries(WorkspaceSettings.shape).filter(
    ([name, schema]) => schema.safeParse(stored[name]).success,
  )
  return WorkspaceSettings.parse(Object.fromEntries(known.map(([name]) => [name, stored[name]])))
}

export async function readWorkspaceSettings(db: Db, workspaceId: WorkspaceId): Promise<WorkspaceSettings> {
  const row = await db
    .selectFrom('workspaces')
    .select('settings')
    .where('id', '=', workspaceId)
    .executeTakeFirstOrThrow()
  return settingsFromRow(row.settings)
}

/** Stores these settings beside the others, in the caller's transaction: one change after the other. Answers what they were before. */
export async function storeWorkspaceSettings(
  tx: Db,
  workspaceId: WorkspaceId,
  change: Partial<WorkspaceSettings>,
): Promise<WorkspaceSettings> {
  const row = await tx
    .selectFrom('workspaces')
    .select('settings')
    .where('id', '=', workspaceId)
    .forUpdate()
    .executeTakeFirstOrThrow()
  await tx
    .updateTable('workspaces')
    .set({ settings: JSON.stringify({ ...row.settings, ...change }) })
    .where('id', '=', workspaceId)
    .execute()
  return settingsFromRow(row.settings)
}

import { z } from 'zod'
import { UserError } from '#core/errors.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import { readWorkspaceSettings, storeWorkspaceSettings, WorkspaceSettings } from '#people/workspace-settings.ts'
import type { CommandsContext } from '../context.ts'

/** The workspace's settings as they are, and the JSON Schema of a form for them. */
export interface SettingsForm {
  settings: WorkspaceSettings
  schema: Record<string, unknown>
}

const SCHEMA = z.toJSONSchema(WorkspaceSettings, { io: 'input' })

/** With Edit workspace settings. */
export async function getWorkspaceSettings(ctx: CommandsContext, actor: Actor): Promise<SettingsForm> {
  requirePrivilege(actor, 'workspace_settings.edit')
  return { settings: await readWorkspaceSettings(ctx.db, workspaceOf(actor)), schema: SCHEMA }
}

/**
 * Changes the settings that are named, and leaves the others. Refuses an unknown name or a value that does not fit with `settings_invalid`
 * (422), changing nothing. On record with what each was before.
 */
export async function changeWorkspaceSettings(
  ctx: CommandsContext,
  actor: Actor,
  wanted: Record<string, unknown>,
): Promise<SettingsForm> {
  requirePrivilege(actor, 'workspace_settings.edit')
  const workspaceId = workspaceOf(actor)
  const change = parseChange(wanted)
  await ctx.db.transaction().execute(async (tx) => {
    const before = await storeWorkspaceSettings(tx, workspaceId, change)
    const names = Object.keys(change) as (keyof WorkspaceSettings)[]
    const changed = names.filter((name) => before[name] !== change[name])
    const details = Object.fromEntries(changed.map((name) => [name, { from: before[name], to: change[name] }]))
    if (changed.length > 0)
      await recordAudit(tx, actor, { action: 'workspace.settings_changed', targetId: workspaceId, details })
  })
  return getWorkspaceSettings(ctx, actor)
}

function parseChange(wanted: Record<string, unknown>): Partial<WorkspaceSettings> {
  const parsed = z.strictObject(WorkspaceSettings.shape).partial().safeParse(wanted)
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
    const [first] = problems
    const message = `The settings do not fit: ${first?.path || 'settings'}: ${first?.message ?? ''}`
    throw new UserError('settings_invalid', message, { status: 422, details: { problems } })
  }
  // why: parsing fills in defaults for what was not named, which must stay as it is.
  return Object.fromEntries(Object.entries(parsed.data).filter(([name]) => Object.hasOwn(wanted, name)))
}

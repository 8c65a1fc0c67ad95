import { underWay } from '#connections/sealing/key-ring.ts'
import { STEPS_BY_SETTINGS } from '#connections/sealing/keys-in-environment.ts'
import { findLostSecrets, type LostSecret } from '#connections/sealing/lost-secrets.ts'
import { type Rotation, readRotation } from '#connections/sealing/rotate.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import type { CommandsContext } from '../context.ts'

/** The key that everything on this server is sealed with, and how changing it goes; never the key itself. */
export interface SealingKey {
  fingerprint: string
  version: number
  since: Date
  keptIn: 'environment' | 'file'
  rotation: Rotation | null
  /** What only whoever runs the server can do to change it; null where `rotateSealingKey` does it. */
  steps: readonly string[] | null
  /** The workspace's secrets that went with a key that was lost, until they are given again. */
  lostSecrets: Omit<LostSecret, 'workspaceId'>[]
}

/** Needs Edit workspace settings. */
export async function viewSealingKey(ctx: CommandsContext, actor: Actor): Promise<SealingKey> {
  requirePrivilege(actor, 'workspace_settings.edit')
  const { fingerprint, version, sealing_since, first_used_at } = await ctx.db
    .selectFrom('sealing_keys')
    .selectAll()
    .where('sealing_since', 'is not', null)
    .where('lost_at', 'is', null)
    .orderBy('version', 'desc')
    .executeTakeFirstOrThrow()
  const lost = (await findLostSecrets(ctx.db)).filter((secret) => secret.workspaceId === workspaceOf(actor))
  return {
    fingerprint,
    version,
    since: sealing_since ?? first_used_at,
    keptIn: ctx.keys.kind,
    rotation: await readRotation(ctx.db),
    steps: ctx.keys.kind === 'file' ? null : STEPS_BY_SETTINGS,
    lostSecrets: lost.map(({ kind, id, name }) => ({ kind, id, name })),
  }
}

/**
 * Goes to a new key, while everything runs. Where keys are kept in a file the new one is made, and on the disk, when this answers; every
 * process takes it up within seconds, before any seals with it. Where they are settings nothing is done, and the answer says which to
 * change. Needs Edit workspace settings; refuses `sealing_key_rotation_under_way`.
 */
export async function rotateSealingKey(ctx: CommandsContext, actor: Actor): Promise<SealingKey> {
  requirePrivilege(actor, 'workspace_settings.edit')
  if (ctx.keys.kind === 'environment') return viewSealingKey(ctx, actor)
  const present = await readRotation(ctx.db)
  if (present && present.doneAt === null) throw underWay()
  await recordAudit(ctx.db, actor, { action: 'sealing_key.rotation_ordered' })
  await ctx.keys.rotate()
  return viewSealingKey(ctx, actor)
}

import type { ConnectionId } from '#core/ids.ts'
import { recordAudit } from '#people/audit.ts'
import type { ConnectionsContext } from './context.ts'
import { loadGrant, type OpenGrant } from './grant.ts'
import type { Parent } from './parent.ts'
import type { RefreshOutcome } from './refresh-grant.ts'

/** Long enough for a job that found the loss to ask by itself, with its own link. */
const ASK_AFTER_MS = 30_000

interface Loss {
  parent: Parent
  connectionId: ConnectionId
  grant: OpenGrant
  /** The application's word. */
  error: string
}

/**
 * Takes out a grant that the application refused and marks its connection lost, unless newer tokens were stored by anybody meanwhile:
 * then the refusal spoke of the old ones. From then on the person is asked, by the job that needs it or by `askAboutLosses`.
 */
export async function declareLost(ctx: ConnectionsContext, loss: Loss): Promise<RefreshOutcome> {
  if (await takeOutRefused(ctx, loss)) return { kind: 'refused' }
  const newer = await loadGrant(ctx, loss.connectionId)
  return newer ? { kind: 'refreshed', grant: newer } : { kind: 'gone' }
}

function takeOutRefused(ctx: ConnectionsContext, { parent, connectionId, grant, error }: Loss): Promise<boolean> {
  const isChild = connectionId !== parent.id
  return ctx.db.transaction().execute(async (tx) => {
    const deleted = await tx
      .deleteFrom('grants')
      .where('connection_id', '=', connectionId)
      .where('version', '=', grant.version)
      .executeTakeFirst()
    if (deleted.numDeletedRows === 0n) return false
    await tx
      .updateTable('connections')
      .set({
        status: isChild ? 'lost' : 'failed',
        status_reason: grant.refreshToken
          ? `The application refused to renew the access (${error}).`
          : 'The application does not accept this access any more, and it cannot be renewed.',
        status_at: ctx.clock(),
        must_ask_at: isChild ? new Date(ctx.clock().getTime() + ASK_AFTER_MS) : null,
      })
      .where('id', '=', connectionId)
      .where('deleted_at', 'is', null)
      .where('status', 'not in', ['orphaned', 'disconnected'])
      .execute()
    const event = { action: 'connection.lost', targetId: connectionId, details: { error } } as const
    await recordAudit(tx, { workspaceId: parent.workspaceId }, event)
    return true
  })
}

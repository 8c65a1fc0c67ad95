import { findReasonToAsk } from '#asking/reason-to-ask.ts'
import { loadConnection } from '#connections/cut-off.ts'
import { UserError } from '#core/errors.ts'
import type { ConnectionId } from '#core/ids.ts'
import { askToReconnect, type NotAsked } from '#jobs/ask-to-reconnect.ts'
import { deliverOutbox } from '#jobs/deliver-outbox.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import type { CommandsContext } from '../context.ts'

/**
 * Has Behalf ask a person again, privately and with a fresh link, to connect an account of theirs that is not connected, or lacks something.
 * With Edit runtime user connections. Refuses with `nothing_to_ask` (409) where nothing is missing, and with `cannot_ask` (409) when the
 * person cannot be asked now.
 */
export async function askAgain(ctx: CommandsContext, actor: Actor, id: ConnectionId): Promise<void> {
  requirePrivilege(actor, 'runtime_user_connections.edit')
  const { personId, parent } = await loadConnection(ctx.db, workspaceOf(actor), id)
  if (personId === null)
    throw new UserError('nothing_to_ask', 'This connection belongs to nobody: connect it yourself.', { status: 409 })
  if (parent.deleted) throw cannotAsk('parent_deleted')
  const reason = await findReasonToAsk(ctx, { personId, parentId: parent.id })
  if (!reason)
    throw new UserError('nothing_to_ask', 'It is connected, and nothing is missing: there is nothing to ask.', {
      status: 409,
    })
  const answer = await askToReconnect(ctx, { personId, parentId: parent.id, reason, again: true })
  if (answer !== 'asked') throw cannotAsk(answer)
  const details = { person_id: personId, parent_id: parent.id, reason }
  await recordAudit(ctx.db, actor, { action: 'connect.asked_again', targetId: id, details })
  await deliverOutbox(ctx)
}

const WHY: Record<NotAsked, string> = {
  asked_already: 'They are being asked already.',
  parent_deleted: 'The connection it was made under was deleted.',
  person_not_active: 'This person is deactivated.',
  asking_paused: 'Asking this person is paused, because links sent to them went astray. Look into it first.',
  no_private_place: 'There is no place where Behalf can reach this person alone.',
}

const cannotAsk = (why: NotAsked): UserError => new UserError('cannot_ask', WHY[why], { status: 409, details: { why } })

import type { PersonId } from '#core/ids.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import { loadPerson } from '#people/persons.ts'
import type { CommandsContext } from '../context.ts'

/**
 * Lets a person be sent connect links again, before the day is over for which too many burnt ones paused it; burnt links are counted anew.
 * Needs Edit people. Refuses `person_not_found`. Changes nothing for somebody whom nothing paused.
 */
export async function resumeAsking(
  ctx: CommandsContext,
  actor: Actor,
  { personId }: { personId: PersonId },
): Promise<void> {
  requirePrivilege(actor, 'people.edit')
  await ctx.db.transaction().execute(async (tx) => {
    const person = await loadPerson(tx, workspaceOf(actor), personId)
    const now = ctx.clock()
    const resumed = await tx
      .updateTable('persons')
      .set({ asking_paused_until: now })
      .where('id', '=', personId)
      .where('asking_paused_until', '>', now)
      .executeTakeFirst()
    if (resumed.numUpdatedRows === 0n) return
    await recordAudit(tx, actor, { action: 'connect.asking_resumed', targetId: personId })
    const text = 'You can be asked to connect again. Run what waited once more, and open the new link.'
    await ctx.tellPerson(tx, { person, jobId: null, text })
  })
}

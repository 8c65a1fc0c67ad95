import type { PersonId } from '#core/ids.ts'
import { actorOf, hasPrivilege } from '#people/actor.ts'
import { PERSON_COLUMNS, type Person, personFromRow } from '#people/person.ts'
import type { AskingContext } from './context.ts'

/**
 * The service person whom somebody who may create connections connects for; undefined for any other person, and for anybody else: nobody
 * connects for a human.
 */
export async function findServicePerson(
  ctx: AskingContext,
  { opener, personId }: { opener: Person; personId: PersonId },
): Promise<Person | undefined> {
  if (!hasPrivilege(actorOf(opener), 'connections.create')) return undefined
  const row = await ctx.db
    .selectFrom('persons')
    .select(PERSON_COLUMNS)
    .where('id', '=', personId)
    .where('workspace_id', '=', opener.workspaceId)
    .where('kind', '=', 'service')
    .where('status', '=', 'active')
    .executeTakeFirst()
  return row && personFromRow(row)
}

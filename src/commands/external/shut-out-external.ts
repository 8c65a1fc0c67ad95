import { UserError } from '#core/errors.ts'
import type { Actor } from '#people/actor.ts'
import type { CommandsContext } from '../context.ts'
import { shutOut } from '../people/deactivate-person.ts'
import { actAsKnown } from './act-as.ts'

/**
 * Shuts out a person of a product who has left it: their connections are disconnected and revoked at the applications, their jobs end. Needs
 * a key of its namespace. Refuses `person_not_found` for one it never spoke of; doing it twice changes nothing more.
 */
export async function shutOutExternal(ctx: CommandsContext, actor: Actor, externalId: string): Promise<void> {
  const known = await actAsKnown(ctx, actor, externalId)
  if (!known)
    throw new UserError('person_not_found', 'Your product never spoke of a person with this external_id.', {
      status: 404,
    })
  await shutOut(ctx, actor, { personId: known.person.id, check() {} })
}

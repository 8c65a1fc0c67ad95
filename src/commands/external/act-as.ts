import { UserError } from '#core/errors.ts'
import type { ConnectionId, NamespaceId } from '#core/ids.ts'
import { type Actor, type ApiKeyActor, actorByKey, type PersonActor, workspaceOf } from '#people/actor.ts'
import { ensureExternalPerson, findExternalId, findExternalPerson } from '#people/external-persons.ts'
import type { Person } from '#people/person.ts'
import { loadPerson } from '#people/persons.ts'
import type { CommandsContext } from '../context.ts'

/** A key that acts as the people of one product. */
export type NamespaceKey = ApiKeyActor & { namespaceId: NamespaceId }

/** Refuses everybody else with `namespace_needed` (403): a key without a namespace, and a person, who acts as themselves. */
export function requireNamespaceKey(actor: Actor): NamespaceKey {
  if (actor.kind === 'api_key' && actor.namespaceId !== null) return { ...actor, namespaceId: actor.namespaceId }
  throw new UserError(
    'namespace_needed',
    'Only an API key of a namespace acts as people by their external_id. Make a namespace for your product, and a key of it.',
    { status: 403 },
  )
}

const identityOf = ({ workspaceId, namespaceId }: NamespaceKey, externalId: string) => ({
  workspaceId,
  namespaceId,
  externalId,
})

/**
 * The person of the key's product who is known there by this id, made on first use: from here on they act, with what both the key and a
 * member may do. Refuses `namespace_needed`, `external_id_invalid`, and `person_deactivated` for one who was shut out.
 */
export async function actAs(ctx: CommandsContext, actor: Actor, externalId: string): Promise<PersonActor> {
  const key = requireNamespaceKey(actor)
  const person = await ensureExternalPerson(ctx.db, identityOf(key, externalId), ctx.clock())
  requireActive(person)
  return actorByKey(person, key)
}

/** The same of somebody who is known already, shut out or not; undefined otherwise: asking about a person does not make them. */
export async function actAsKnown(
  ctx: CommandsContext,
  actor: Actor,
  externalId: string,
): Promise<PersonActor | undefined> {
  const key = requireNamespaceKey(actor)
  const person = await findExternalPerson(ctx.db, identityOf(key, externalId))
  return person && actorByKey(person, key)
}

/** The actor as the person that is named, known to their product or not; as they are where nobody is named. */
export async function actAsNamed(ctx: CommandsContext, actor: Actor, externalId: string | undefined): Promise<Actor> {
  return externalId === undefined ? actor : ((await actAsKnown(ctx, actor, externalId)) ?? actor)
}

/** Refuses `person_deactivated` for somebody who was shut out. */
export function requireActive(person: Person): void {
  if (person.status !== 'active')
    throw new UserError('person_deactivated', 'This person was shut out. An administrator can let them in again.', {
      status: 403,
    })
}

/** Whoever a connection is for, when they are of the key's own product; in any other case the actor as they are. */
export async function actAsOwnerOf(ctx: CommandsContext, actor: Actor, id: ConnectionId): Promise<Actor> {
  if (actor.kind !== 'api_key' || actor.namespaceId === null) return actor
  const key = requireNamespaceKey(actor)
  const row = await ctx.db
    .selectFrom('connections')
    .select('person_id')
    .where('id', '=', id)
    .where('workspace_id', '=', workspaceOf(actor))
    .executeTakeFirst()
  if (!row?.person_id || (await findExternalId(ctx.db, key, row.person_id)) === undefined) return actor
  return actorByKey(await loadPerson(ctx.db, key.workspaceId, row.person_id), key)
}

import { sql } from 'kysely'
import { openConnectRequests } from '#asking/connect-request.ts'
import { openLinkedVisit } from '#asking/connect-visit.ts'
import { REASON_TEXTS } from '#asking/pages/connect-page.ts'
import type { ConnectReason } from '#connections/connect-reason.ts'
import { applicationName } from '#connections/describe-application.ts'
import { connectorOf, findParent, type Parent } from '#connections/parent.ts'
import type { ConnectionId, PersonId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { PERSON_COLUMNS, type Person, personFromRow } from '#people/person.ts'
import type { Message, Origin } from '#surfaces/surface.ts'
import type { JobsContext } from './context.ts'
import { writeOutgoing } from './outbox.ts'

export interface Reconnecting {
  personId: PersonId
  parentId: ConnectionId
  reason: ConnectReason
}

/** Why a person was not asked. */
export type NotAsked = 'asked_already' | 'parent_deleted' | 'person_not_active' | 'asking_paused' | 'no_private_place'

/**
 * Asks a person, privately and without a job that needs it, to connect an account again: an open request, a fresh link, one message.
 * Not when they are being asked already, unless `again`; not when they are deactivated, or asking them is paused. Safe on any number of
 * machines: of several at once one asks.
 */
export async function askToReconnect(
  ctx: JobsContext,
  { personId, parentId, reason, again = false }: Reconnecting & { again?: boolean },
): Promise<'asked' | NotAsked> {
  const parent = await findParent(ctx.db, parentId)
  if (!parent || parent.deleted) return 'parent_deleted'
  const key = await ctx.dataKeys.take(parent.workspaceId, ctx.clock())
  return ctx.db.transaction().execute(async (tx) => {
    const person = await lockPerson(ctx, tx, personId)
    if (typeof person === 'string') return person
    const origin = await findPrivatePlace(ctx, person)
    if (!origin) return 'no_private_place'
    if (!again && (await isBeingAsked(tx, { personId, parentId }))) return 'asked_already'
    const message = await openVisit(ctx, tx, { person, parent, reason, surface: origin.surface })
    const outgoing = { kind: 'ask', message } as const
    await writeOutgoing(tx, key, { workspaceId: parent.workspaceId, jobId: null, personId, ...origin, outgoing })
    return 'asked'
  })
}

/** The person, held until the commit, so that of several who ask for the same one comes first. */
async function lockPerson(ctx: JobsContext, tx: Db, id: PersonId): Promise<Person | NotAsked> {
  const row = await tx
    .selectFrom('persons')
    .select(PERSON_COLUMNS)
    .select('asking_paused_until')
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (row?.status !== 'active') return 'person_not_active'
  if (row.asking_paused_until && row.asking_paused_until > ctx.clock()) return 'asking_paused'
  return personFromRow(row)
}

async function findPrivatePlace({ surfaces }: JobsContext, person: Person): Promise<Origin | undefined> {
  for (const surface of surfaces.values()) {
    const address = await surface.addressOf(person)
    if (address) return { surface: surface.name, address }
  }
  return undefined
}

async function isBeingAsked(tx: Db, { personId, parentId }: Omit<Reconnecting, 'reason'>): Promise<boolean> {
  const request = await tx
    .selectFrom('connect_requests')
    .select('id')
    .where('person_id', '=', personId)
    .where('parent_id', '=', parentId)
    .where('status', '=', 'open')
    .executeTakeFirst()
  return request !== undefined
}

interface Opening {
  person: Person
  parent: Parent
  reason: ConnectReason
  surface: string
}

/** The request, a visit with a link, and the message that carries it. */
async function openVisit(ctx: JobsContext, tx: Db, { person, parent, reason, surface }: Opening): Promise<Message> {
  const now = ctx.clock()
  const expiresAt = new Date(now.getTime() + ctx.askForMs)
  await openConnectRequests(tx, { person, missing: [{ parentId: parent.id, reason }], expiresAt, now })
  await supersedeLinks(tx, { personId: person.id, parentId: parent.id })
  const { token } = await openLinkedVisit(tx, {
    workspaceId: person.workspaceId,
    personId: person.id,
    jobId: null,
    parentId: parent.id,
    surface,
    returnTo: null,
    expiresAt,
    now,
  })
  const label = applicationName(connectorOf(ctx, parent.connector), parent.name)
  return {
    text: `Your recipes work with your own ${label} account, which needs to be connected again.`,
    fields: [{ name: parent.name, value: REASON_TEXTS[reason] }],
    links: [{ label: `Connect ${label}`, url: new URL(`/connect/l/${token}`, ctx.publicUrl).href }],
    tone: 'neutral',
  }
}

/** Of links sent without a job only the newest works. */
async function supersedeLinks(tx: Db, { personId, parentId }: Omit<Reconnecting, 'reason'>): Promise<void> {
  await tx
    .updateTable('connect_visits')
    .set({ status: 'superseded' })
    .where('person_id', '=', personId)
    .where('parent_id', '=', parentId)
    .where('job_id', 'is', null)
    .where('token_hash', 'is not', null)
    .where('status', '=', sql.lit('open' as const))
    .execute()
}

import { type Selectable, sql } from 'kysely'
import { whatOpens } from '#connections/sealing/what-opens.ts'
import { type JobId, newId, type PersonId, type WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import type { Tables } from '#database/tables.ts'
import type { Message, Outgoing } from '#jobs/context.ts'
import type { Actor } from '#people/actor.ts'
import type { CommandsContext } from '../context.ts'
import { requirePerson } from '../identify.ts'

/** One line of a person's chat with Behalf in the portal. */
export interface ChatLine {
  id: string
  /** Grows with each line of this person, and with each change of one. */
  seq: string
  from: 'me' | 'behalf'
  kind: 'said' | Outgoing['kind']
  jobId: JobId | null
  message: Message
  at: Date
}

/** What of it is sealed. */
type Body = Pick<ChatLine, 'from' | 'kind' | 'message'>

export interface NewChatLine {
  workspaceId: WorkspaceId
  personId: PersonId
  from: ChatLine['from']
  kind: ChatLine['kind']
  message: Message
  jobId?: JobId | null
  /** The delivery it comes from: the same one again adds nothing. */
  deliveryId?: string
}

const place = (id: string): string => `chat_messages/${id}/body`

/** Adds a line to a person's chat, sealed, and tells whoever shows it, on any machine. */
export async function addChatLine(ctx: CommandsContext, line: NewChatLine): Promise<ChatLine | undefined> {
  const id = newId('message')
  const key = await ctx.dataKeys.take(line.workspaceId, ctx.clock())
  const body = { from: line.from, kind: line.kind, message: line.message }
  return inOrder(ctx, line.personId, async (tx) => {
    const row = await tx
      .insertInto('chat_messages')
      .values({
        id,
        workspace_id: line.workspaceId,
        person_id: line.personId,
        delivery_id: line.deliveryId ?? null,
        job_id: line.jobId ?? null,
        data_key_id: key.id,
        sealed_body: key.seal(place(id), body),
        created_at: ctx.clock(),
      })
      .onConflict((conflict) => conflict.column('delivery_id').doNothing())
      .returning(['seq', 'created_at'])
      .executeTakeFirst()
    return row && { id, seq: row.seq, ...body, jobId: line.jobId ?? null, at: row.created_at }
  })
}

// why: who shows the chat asks for what came after the last line it has; lines must become visible in their order.
function inOrder<T>(ctx: CommandsContext, personId: PersonId, write: (tx: Db) => Promise<T>): Promise<T> {
  return ctx.db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`chat ${personId}`}, 0))`.execute(tx)
    const written = await write(tx)
    await sql`select pg_notify('behalf_chat', ${personId})`.execute(tx)
    return written
  })
}

/** Changes what a line of one's own chat says, where it was said by Behalf; undefined when there is no such line. */
export async function changeChatLine(
  ctx: CommandsContext,
  actor: Actor,
  { id, message }: { id: string; message: Message },
): Promise<ChatLine | undefined> {
  const { person } = requirePerson(actor)
  return change(ctx, person.id, { column: 'id', value: id, message })
}

/** The same for what a delivery said: whoever delivers has made sure of the person. */
export function changeDelivered(
  ctx: CommandsContext,
  personId: PersonId,
  { deliveryId, message }: { deliveryId: string; message: Message },
): Promise<ChatLine | undefined> {
  return change(ctx, personId, { column: 'delivery_id', value: deliveryId, message })
}

async function change(
  ctx: CommandsContext,
  personId: PersonId,
  { column, value, message }: { column: 'id' | 'delivery_id'; value: string; message: Message },
): Promise<ChatLine | undefined> {
  const row = await ctx.db
    .selectFrom('chat_messages')
    .selectAll()
    .where(column, '=', value)
    .where('person_id', '=', personId)
    .executeTakeFirst()
  const before = row && (await whatOpens(() => openBody(ctx, row)))
  if (!row || before?.from !== 'behalf') return undefined
  const body = { ...before, message }
  const key = await ctx.dataKeys.load(row.data_key_id)
  return inOrder(ctx, personId, async (tx) => {
    const { rows } = await sql<{ seq: string }>`
      update chat_messages set sealed_body = ${key.seal(place(row.id), body)}, seq = default where id = ${row.id} returning seq`.execute(
      tx,
    )
    return rows[0] && { id: row.id, seq: rows[0].seq, ...body, jobId: row.job_id, at: row.created_at }
  })
}

/** A person's own chat, the oldest first: what came, or was changed, after a line, or the last hundred lines. One that does not open any more says so. */
export async function listChatLines(ctx: CommandsContext, actor: Actor, after?: string): Promise<ChatLine[]> {
  const { person } = requirePerson(actor)
  let query = ctx.db.selectFrom('chat_messages').selectAll().where('person_id', '=', person.id).limit(100)
  query = after === undefined ? query.orderBy('seq', 'desc') : query.where('seq', '>', after).orderBy('seq')
  const rows = await query.execute()
  const lines = await Promise.all(
    rows.map(async (row) => {
      const tell = (err: Error) => ctx.log.error({ err, line: row.id }, 'a line of chat does not open')
      const body = await whatOpens(() => openBody(ctx, row), tell)
      return { id: row.id, seq: row.seq, ...(body ?? UNREADABLE), jobId: row.job_id, at: row.created_at }
    }),
  )
  return after === undefined ? lines.reverse().sort((a, b) => a.at.getTime() - b.at.getTime()) : lines
}

/** The `seq` of what was said, or changed, last in one's own chat. */
export async function lastOfChat(ctx: CommandsContext, actor: Actor): Promise<string> {
  const { person } = requirePerson(actor)
  const last = await ctx.db
    .selectFrom('chat_messages')
    .select('seq')
    .where('person_id', '=', person.id)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  return last?.seq ?? '0'
}

async function openBody(ctx: CommandsContext, row: Selectable<Tables['chat_messages']>): Promise<Body> {
  const key = await ctx.dataKeys.load(row.data_key_id)
  return key.open(place(row.id), row.sealed_body)
}

const UNREADABLE: Body = {
  from: 'behalf',
  kind: 'reply',
  message: {
    text: 'This line cannot be opened any more: its key was lost, or it was changed.',
    fields: [],
    links: [],
    tone: 'neutral',
  },
}

/** Calls `told` whenever something is said in this person's chat, until the returned function is called. */
export function listenToChat(ctx: CommandsContext, personId: PersonId, told: () => void): () => void {
  const listeners = ctx.chatListeners.get(personId) ?? new Set()
  ctx.chatListeners.set(personId, listeners.add(told))
  return () => {
    listeners.delete(told)
    if (listeners.size === 0) ctx.chatListeners.delete(personId)
  }
}

import { sql } from 'kysely'
import type { JobId, WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'
import { inTransaction } from '#database/in-transaction.ts'
import { connectionsUsed } from '#recipes/connections-used.ts'
import type { Program } from '#recipes/program.ts'
import type { JobsContext } from './context.ts'
import { BACKGROUND, queueTaskOf } from './queue-names.ts'

/** So many jobs of a workspace wait in the queue at most where there are others; what comes on top waits for a place. */
const QUEUED_OF_WORKSPACE = 100

/**
 * What a new job takes a place of, as an expression of the statement that records it; null where nothing limits it, as is the rule. A limit
 * that is set later counts for the jobs recorded from then on.
 */
export function slotsOf(program: Program, workspaceId: WorkspaceId) {
  const parts = [program.main, ...program.functions.values()]
  const parents = parts.flatMap(({ document }) =>
    connectionsUsed(document).flatMap(({ connectionId }) => connectionId ?? []),
  )
  return sql<string[] | null>`(
    select array_agg(id) from (
      select id from recipes where id = ${program.main.id} and at_once is not null
      union all select id from connections where id = any(${parents}::text[]) and at_once is not null
      union all select ${workspaceId}::text where exists (select from workspaces where id <> ${workspaceId}) and (
        select count(*) from (select from jobs where workspace_id = ${workspaceId} and status = 'queued' limit ${sql.lit(QUEUED_OF_WORKSPACE)}) as q
      ) = ${sql.lit(QUEUED_OF_WORKSPACE)}
    ) as limited)`
}

// why: any number that no other software on this database takes; the words it stands for are "behalf admit".
const ADMIT_LOCK = 0x6265_6164
const BATCH = 100

/**
 * Gives free places to the jobs that wait for one, and rings for them: those somebody waits for first, then who came first. Decided by one
 * machine at a time, so that two cannot give the same place away. Called whenever a place may have become free; cheap where nobody waits.
 */
export async function admitHeld(ctx: JobsContext): Promise<void> {
  const held = await ctx.db
    .selectFrom('jobs')
    .select('id')
    .where('held', '=', sql.lit(true))
    .where('status', '=', sql.lit('queued' as const))
    .limit(1)
    .executeTakeFirst()
  if (!held) return
  await inTransaction(ctx.db, async (tx) => {
    await sql`select pg_advisory_xact_lock(${ADMIT_LOCK})`.execute(tx)
    while ((await admitBatch(tx, ctx.clock())) === BATCH);
  })
}

/** The same where somebody rang for a job that turns out to wait for a place. */
export async function admitIfHeld(ctx: JobsContext, jobId: JobId): Promise<void> {
  const job = await ctx.db.selectFrom('jobs').select(['held', 'status']).where('id', '=', jobId).executeTakeFirst()
  if (job?.held && job.status === 'queued') await admitHeld(ctx)
}

async function admitBatch(tx: Db, now: Date): Promise<number> {
  const room = await roomLeft(tx)
  const full = [...room].filter(([, left]) => left <= 0).map(([slot]) => slot)
  const { rows } = await firstInLine(full, now).execute(tx)
  const admitted = rows.filter(({ slots }) => {
    if (slots.some((slot) => (room.get(slot) ?? 1) <= 0)) return false
    for (const slot of slots) room.set(slot, (room.get(slot) ?? Number.POSITIVE_INFINITY) - 1)
    return true
  })
  await sql`
    with admitted as (update jobs set held = false where id = any(${admitted.map(({ id }) => id)}::text[]) returning id)
    select graphile_worker.add_job(task, json_build_object('id', admitted.id))
    from admitted join unnest(${admitted.map(({ id }) => id)}::text[], ${admitted.map(({ surface }) => queueTaskOf(surface))}::text[])
      as t (id, task) on t.id = admitted.id`.execute(tx)
  // why: where none of a full batch had room, the next would be the same; what was filled now is left out next time.
  return admitted.length === 0 ? 0 : rows.length
}

/**
 * Those that come first of all for whose places there is room. Each combination of places has a line of its own (jobs_held), and only the head
 * of each line is read: a hundred thousand that wait for a full place cost no more than one.
 */
export function firstInLine(full: string[], now: Date) {
  const isLater = sql`surface in (${sql.join([...BACKGROUND].map((each) => sql.lit(each)))})`
  return sql<{ id: JobId; slots: string[]; surface: string }>`
    with recursive lines as (
      (select slots from jobs where held and status = 'queued' order by slots limit 1)
      union all
      select (select jobs.slots from jobs where held and status = 'queued' and jobs.slots > lines.slots order by jobs.slots limit 1)
      from lines where lines.slots is not null
    )
    select head.id, head.slots, head.surface from lines cross join lateral (
      select id, slots, surface, created_at from jobs
      where held and status = 'queued' and slots = lines.slots and (not_before is null or not_before <= ${new Date(now.getTime() + 1000)})
      order by ${isLater}, created_at, id limit ${BATCH}
    ) as head
    where not lines.slots && ${full}::text[]
    order by ${isLater}, created_at, id limit ${BATCH}`
}

/** Places left by what they are of; what is not in it is not limited any more. */
async function roomLeft(tx: Db): Promise<Map<string, number>> {
  const { rows } = await sql<{ id: string; room: number }>`
    select id, at_once - coalesce(taken, 0)::int as room from (
      select id, at_once from recipes where at_once is not null
      union all select id, at_once from connections where at_once is not null
      union all select id, ${sql.lit(QUEUED_OF_WORKSPACE)} from workspaces
    ) as limits left join (
      select slot, count(*) as taken from jobs, unnest(slots) as slot
      where slots is not null and not held and status in ('queued', 'running') group by slot
    ) as in_place on slot = id`.execute(tx)
  return new Map(rows.map(({ id, room }) => [id, room]))
}

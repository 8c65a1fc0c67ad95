import { expect } from 'vitest'
import type { TestPerson } from '../support/behalf.ts'
import { hasEnded, type Model, type ModelJob } from './job-machine-model.ts'
import { ACCOUNTS, madeBy, repliesTo, type World } from './job-machine-world.ts'

/** Which status may follow which; nothing follows an end. */
const LEGAL: Record<string, readonly string[]> = {
  '': ['queued', 'running', 'waiting_for_connection'],
  queued: ['running', 'cancelled'],
  running: ['queued', 'waiting_for_connection', 'waiting_for_answer', 'succeeded', 'failed', 'cancelled'],
  waiting_for_connection: ['queued', 'cancelled', 'expired'],
  waiting_for_answer: ['queued', 'cancelled', 'expired'],
}

/** What is never found, in any order of events: each answers the rows that should not be there. */
const NEVER = {
  'a job that waits without an open wait of that kind, or one with a wait that does not': `
    select j.id, j.status, w.kind from jobs j full join waits w on w.job_id = j.id
    where (w.job_id is not null or j.status like 'waiting%')
      and coalesce(j.status <> 'waiting_for_' || w.kind, true)`,
  'a wait for a connection without an open request, or more than one': `
    select w.job_id, count(r.id) from waits w join jobs j on j.id = w.job_id
    left join connect_requests r on r.person_id = j.person_id and r.parent_id = w.key and r.status = 'open'
    where w.kind = 'connection' group by w.job_id, w.key having count(r.id) <> 1`,
  'a finished step that is not finished any more': `
    select * from seen_states where step is not null and was in ('succeeded', 'failed') and now is distinct from was`,
  'a credential of somebody else': `
    select u.job_id from credential_uses u join jobs j on j.id = u.job_id join connections c on c.id = u.connection_id
    where c.person_id is distinct from j.person_id and c.person_id is not null`,
  'a message of a job to somebody else': `
    select m.job_id from (select job_id, person_id from outbox union select job_id, person_id from chat_messages) m
    join jobs j on j.id = m.job_id where m.person_id is distinct from j.person_id`,
}

/** That the world is as the model says, and that nothing is there which must never be. */
export async function expectAgreement(world: World, model: Model): Promise<void> {
  const { pool } = world.database
  for (const [what, query] of Object.entries(NEVER)) expect((await pool.query(query)).rows, what).toEqual([])
  const states = await pool.query("select distinct coalesce(was, '') as was, now from seen_states where step is null")
  const illegal = states.rows.filter(({ was, now }) => was !== now && !LEGAL[was]?.includes(now))
  expect(illegal, 'a status that may not follow another').toEqual([])
  const ids = model.jobs.map(({ id }) => id)
  const { rows } = await pool.query('select id, status from jobs where id = any($1)', [ids])
  const real = new Map(rows.map(({ id, status }) => [id, status]))
  const seen = model.jobs.map((job) => ({ ...job, status: real.get(job.id), made: madeBy(world, job.id) }))
  expect(seen).toEqual(model.jobs)
  for (const job of model.jobs) {
    expect(ownersOf(world, job), 'whose records they are').toEqual(job.made.map(() => ownerOf(job)))
    const replies = job.isTold ? await repliesTo(world.ctx, world.people[job.person] as TestPerson, job.id) : []
    expect(replies.length, `what was said at the end of ${job.id}: ${replies}`).toBe(
      job.isTold && hasEnded(job) ? 1 : 0,
    )
  }
}

const keyOf = (account = ''): string => account.split(' ')[0]?.toLowerCase() ?? ''
const ownerOf = ({ kind, person }: ModelJob): string => keyOf(kind === 'off' ? 'Carol Diaz' : ACCOUNTS[person])
const ownersOf = ({ crm }: World, { id }: ModelJob): string[] =>
  crm
    .opportunities()
    .filter(({ name }) => name.startsWith(`${id} `))
    .map(({ owner }) => owner)

import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RecipeId } from '../../src/core/ids.ts'
import { lapseWaits } from '../../src/jobs/continue-jobs.ts'
import { type DelegationStage, documentNaming, startDelegationStage } from '../support/delegation-stage.ts'
import { holdAnswer } from '../support/hold-answer.ts'
import { jobEnded, jobIn } from '../support/run.ts'
import { until } from '../support/until.ts'

const HOUR = 60 * 60 * 1000
const mails: { to: string; subject: string; text: string }[] = []
let stage: DelegationStage
beforeAll(async () => {
  stage = await startDelegationStage({ sendMail: async (mail) => void mails.push(mail) })
}, 60_000)
afterAll(() => stage?.stop())

const notices = async (about: string) =>
  (await stage.alice.chat()).filter(({ kind, text }) => kind === 'notice' && text.includes(`“${about}”`))
const askAgain = (id: RecipeId) =>
  stage.builder.api('POST', `/recipes/${id}/delegations/ask`, { connection_id: stage.alices })
const events = async (action: string) =>
  (await stage.owner.api('GET', `/audit_events?action=${action}`)).body.data as { details: Record<string, string> }[]

test('whoever starts a recipe that names somebody’s connection has them asked: in chat, by e-mail, in My connections', async () => {
  const { id } = await stage.naming('Nightly sync')
  expect(await stage.requestOf(id)).toMatchObject({
    connection: { id: stage.alices, name: 'Salesforce' },
    asked_by: 'Bea Builder',
    does: ['create records as you'],
    growth: [],
    jobs_waiting: 0,
  })
  const [told] = await until(async () => {
    const found = await notices('Nightly sync')
    return found.length > 0 ? found : undefined
  })
  expect(told?.text).toContain('Bea Builder asks: may “Nightly sync” use your Salesforce')
  expect(told?.links).toEqual([{ label: 'Answer', url: new URL('/my/connections', stage.url).href }])
  const mail = await until(() => mails.find(({ subject }) => subject.includes('Nightly sync')))
  expect(mail).toMatchObject({ to: 'alice@acme.test' })
  expect(await stage.stateOf(id)).toBe('asked')
  expect((await stage.accept(id)).status).toBe(201)
  expect(await stage.stateOf(id)).toBe('delegated')
  expect(await stage.requestOf(id)).toBeUndefined()
  const [given] = (await stage.alice.api('GET', '/me/delegations')).body.data
  const days = (new Date(given.expires_at).getTime() - Date.now()) / (24 * HOUR)
  expect(Math.round(days)).toBe(90)
})

test('a job that comes before the answer waits, its caller is told so, and it goes on by itself when it is delegated', async () => {
  const { id, call } = await stage.naming('Waits')
  const { status, body } = await call('after the answer')
  expect(status).toBe(202)
  expect(body.data.status).toBe('waiting_for_connection')
  const job = await jobIn(stage.alice, body.data.job_id, 'waiting_for_connection')
  expect(job.waits).toEqual([expect.objectContaining({ connection_id: stage.alices })])
  expect(await stage.requestOf(id)).toMatchObject({ jobs_waiting: 1 })
  expect(stage.made('after the answer')).toEqual([])
  await stage.accept(id)
  expect((await jobEnded(stage.alice, body.data.job_id)).status).toBe('succeeded')
  expect(stage.made('after the answer')).toEqual(['alice'])
})

test('one that is given of its own accord answers the request, and its jobs go on', async () => {
  const { id, call } = await stage.naming('Of her own accord')
  const { body } = await call('of her own accord')
  await stage.builder.api('PUT', `/recipes/${id}/runners`, { everyone: true })
  const until = new Date(Date.now() + HOUR).toISOString()
  await stage.alice.api('POST', '/me/delegations', { connection_id: stage.alices, recipe_id: id, until })
  expect((await jobEnded(stage.alice, body.data.job_id)).status).toBe('succeeded')
  expect(await stage.requestOf(id)).toBeUndefined()
})

test('declined, its jobs end cancelled, the builder is told, later calls are refused, and nobody asks again within a day', async () => {
  const { id, call } = await stage.naming('Unwanted')
  const { body } = await call('never')
  const asked = await stage.requestOf(id)
  await until(async () => (await notices('Unwanted')).length === 1)
  expect((await stage.alice.api('POST', `/me/delegation_requests/${asked?.id}/decline`, {})).status).toBe(204)
  expect(await jobEnded(stage.alice, body.data.job_id)).toMatchObject({ status: 'cancelled', error_code: 'declined' })
  const told = await until(async () => (await stage.builder.chat()).find(({ text }) => text.includes('“Unwanted”')))
  expect(told.text).toContain('declined')
  expect(await stage.stateOf(id)).toBe('declined')
  expect((await call('never')).body).toMatchObject({ error: { code: 'delegation_declined' } })
  await stage.builder.api('POST', `/recipes/${id}/stop`)
  await stage.builder.api('POST', `/recipes/${id}/start`)
  expect(await stage.requestOf(id)).toBeUndefined()
  expect((await askAgain(id)).body.error.code).toBe('delegation_asked_lately')
  expect(stage.made('never')).toEqual([])
  expect(await notices('Unwanted')).toHaveLength(1)
  stage.advance(25 * HOUR)
  expect((await askAgain(id)).status).toBe(204)
  expect(await stage.stateOf(id)).toBe('asked')
  await until(async () => (await notices('Unwanted')).length === 2)
  // Still not answered the day after, they can be reminded.
  stage.advance(25 * HOUR)
  expect((await askAgain(id)).status).toBe(204)
  await until(async () => (await notices('Unwanted')).length === 3)
  const everyAsking = (await events('delegation.requested')).filter(({ details }) => details.recipe_id === id)
  expect(everyAsking).toHaveLength(3)
})

test('whoever is asked can cancel a job that waits for them', async () => {
  const { call } = await stage.naming('Cancelled by her')
  const { body } = await call('cancelled by her')
  expect((await stage.alice.api('POST', `/jobs/${body.data.job_id}/cancel`)).status).toBe(204)
  expect(await jobEnded(stage.alice, body.data.job_id)).toMatchObject({ status: 'cancelled', error_code: 'cancelled' })
})

test('stopping the recipe, or naming the connection no more, withdraws it; started again nobody is told twice', async () => {
  const { id } = await stage.naming('Comes and goes')
  await until(async () => (await notices('Comes and goes')).length === 1)
  await stage.builder.api('POST', `/recipes/${id}/stop`)
  expect(await stage.requestOf(id)).toBeUndefined()
  expect(await stage.stateOf(id)).toBe('not_asked')
  await stage.builder.api('POST', `/recipes/${id}/start`)
  const asked = await stage.requestOf(id)
  expect(asked).toBeDefined()
  const { version } = (await stage.builder.api('GET', `/recipes/${id}`)).body.data
  const document = { name: 'Comes and goes', trigger: { kind: 'webhook' }, steps: [] }
  const reply = { ...document, steps: [{ kind: 'stop', name: 'end', outcome: 'succeeded' }] }
  const saved = await stage.builder.api('PUT', `/recipes/${id}`, { document: reply, expected_version: version })
  expect(saved.status).toBe(200)
  expect(await stage.requestOf(id)).toBeUndefined()
  expect((await events('delegation.request_withdrawn')).filter(({ details }) => details.recipe_id === id)).toHaveLength(
    2,
  )
  expect(await notices('Comes and goes')).toHaveLength(1)
})

test('naming it in a recipe that is started asks as well', async () => {
  const { id } = await stage.naming('Names later')
  const nobodys = {
    name: 'Names later',
    trigger: { kind: 'webhook' },
    steps: [{ kind: 'stop', name: 'end', outcome: 'succeeded' }],
  }
  const named = documentNaming('Names later', { ...stage, trigger: { kind: 'webhook' } })
  expect((await stage.builder.api('PUT', `/recipes/${id}`, { document: nobodys, expected_version: 1 })).status).toBe(
    200,
  )
  expect(await stage.requestOf(id)).toBeUndefined()
  expect((await stage.builder.api('PUT', `/recipes/${id}`, { document: named, expected_version: 2 })).status).toBe(200)
  expect(await stage.requestOf(id)).toBeDefined()
})

test('a schedule that comes due again and again while nobody answers leaves one job waiting, which lapses', async () => {
  const { id } = await stage.naming('Every minute', { kind: 'schedule', cron: '* * * * *', time_zone: 'UTC' })
  const waiting = async () => {
    const { body } = await stage.owner.api('GET', `/jobs?recipe_id=${id}`)
    return body.data as { id: string; status: string; error_code: string }[]
  }
  stage.advance(61_000)
  await until(async () => (await waiting()).length > 0)
  for (let minute = 0; minute < 3; minute++) {
    const before = await dueOf(id)
    stage.advance(61_000)
    await until(async () => (await dueOf(id)) > before)
  }
  expect((await waiting()).map(({ status }) => status)).toEqual(['waiting_for_connection'])
  expect(
    (await events('recipe.due_run_refused')).filter(({ details }) => details.code === 'delegation_awaited'),
  ).toEqual([])
  await stage.builder.api('POST', `/recipes/${id}/stop`)
  stage.advance(25 * HOUR)
  await lapseWaits(stage.ctx)
  expect((await waiting())[0]).toMatchObject({ status: 'expired', error_code: 'not_delegated_in_time' })
})

test('a hundred calls may wait, and no more', async () => {
  const { id, call } = await stage.naming('Many calls')
  const { body } = await call('many')
  await sql`with copies as (
      insert into jobs (id, workspace_id, recipe_id, recipe_version, status, private, surface, data_key_id, delegator_id, created_at)
      select j.id || n, workspace_id, recipe_id, recipe_version, status, private, surface, data_key_id, delegator_id, created_at
      from jobs j, generate_series(1, 99) n where j.id = ${body.data.job_id} returning id)
    insert into waits (job_id, kind, key, expires_at) select copies.id, w.kind, w.key, w.expires_at
    from copies, waits w where w.job_id = ${body.data.job_id}`.execute(stage.ctx.db)
  const refused = await call('one too many')
  expect(refused).toMatchObject({ status: 429, body: { error: { code: 'delegation_awaited' } } })
  await stage.builder.api('POST', `/recipes/${id}/stop`)
})

test('a delegated connection that is cut off makes jobs wait, and its person is told; connected again, they go on', async () => {
  const { id, call } = await stage.naming('Cut off')
  await stage.accept(id)
  await stage.alice.api('POST', `/connections/${stage.alices}/disconnect`)
  const { body } = await call('after reconnecting')
  expect(body.data.status).toBe('waiting_for_connection')
  const told = await until(async () =>
    (await stage.alice.chat()).find(({ text }) => text.includes('“Cut off” waits for')),
  )
  expect(told.links).toHaveLength(1)
  await stage.reconnect()
  expect((await jobEnded(stage.alice, body.data.job_id)).status).toBe('succeeded')
  expect(stage.made('after reconnecting')).toEqual(['alice'])
})

test('a recipe that has grown asks for what is new, and a job that began before goes on with what was delegated', async () => {
  const { id, call } = await stage.naming('Grows')
  await stage.accept(id)
  await stage.grow()
  const { body } = await call('after growing')
  expect(body.data.status).toBe('waiting_for_connection')
  expect(await stage.requestOf(id)).toMatchObject({ growth: ['search records you can see'], asked_by: null })
  const told = await until(async () => (await notices('Grows')).find(({ text }) => text.includes('It now also would')))
  expect(told.text).toContain('It now also would search records you can see.')
  await stage.accept(id)
  expect((await jobEnded(stage.alice, body.data.job_id)).status).toBe('succeeded')
})

test.each([
  [
    'the delegation is ended',
    async () => {
      const [given] = (await stage.alice.api('GET', '/me/delegations')).body.data
      await stage.alice.api('DELETE', `/me/delegations/${given.id}`)
    },
    (id: RecipeId) => stage.accept(id),
  ],
  [
    'the connection is cut off',
    () => stage.alice.api('POST', `/connections/${stage.alices}/disconnect`),
    () => stage.reconnect(),
  ],
  ['the application ends the grant', () => stage.crm.revokeGrantsOf('alice'), () => stage.reconnect()],
] as const)(
  'when in mid-job %s the next step waits, its person is asked, and what is done is not done again',
  async (how, cut, mend) => {
    const { id, call } = await stage.naming(`Two calls: ${how}`, undefined, ['first', 'second'])
    await stage.accept(id)
    const held = holdAnswer(stage.ctx, ({ method, url }) => method === 'POST' && url.pathname.includes('sobjects'))
    const { body } = await call(how)
    await held.arrived
    await cut()
    held.release()
    const job = await jobIn(stage.alice, body.data.job_id, 'waiting_for_connection')
    expect(job.waits).toHaveLength(1)
    expect(stage.made(how)).toEqual(['alice'])
    await mend(id)
    expect((await jobEnded(stage.alice, body.data.job_id)).status).toBe('succeeded')
    expect(stage.made(how)).toEqual(['alice', 'alice'])
  },
)

test('waits outlive a restart, and are answered on another machine', async () => {
  const { id, call } = await stage.naming('Restarted')
  const { body } = await call('after a restart')
  await stage.restart()
  const other = await stage.startAnother()
  try {
    await stage.accept(id)
    expect((await jobEnded(stage.alice, body.data.job_id)).status).toBe('succeeded')
  } finally {
    await other.stop()
  }
  expect(stage.made('after a restart')).toEqual(['alice'])
})

const dueOf = async (id: RecipeId): Promise<number> => {
  const { body } = await stage.owner.api('GET', `/recipes/${id}`)
  return new Date(body.data.schedule.next_run_at).getTime()
}

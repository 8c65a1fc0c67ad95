import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RecipeId } from '../../src/core/ids.ts'
import { fireSchedules } from '../../src/jobs/fire-schedules.ts'
import { startTestBehalf, type TestBehalf } from '../support/behalf.ts'
import { until } from '../support/until.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

let behalf: TestBehalf
/** Sunday noon; the clocks of Europe changed that night. */
const NOON = Date.UTC(2026, 9, 25, 12)
let now: number

beforeEach(async () => {
  now = NOON
  behalf = await startTestBehalf({ clock: () => new Date(now) })
})
afterEach(() => behalf.stop())

const scheduled = (more: object = {}, document: object = {}) => ({
  name: 'Every hour',
  trigger: { kind: 'schedule', cron: '0 * * * *', time_zone: 'Europe/Berlin', ...more },
  steps: [{ kind: 'reply', name: 'note', text: 'Due at {{ trigger.scheduled_for }} in {{ trigger.time_zone }}' }],
  ...document,
})

/** What the owner's list of jobs shows of a recipe, the oldest first, once all have ended. */
const jobsOf = (id: RecipeId) =>
  until(async () => {
    const { body } = await behalf.owner.api('GET', `/jobs?recipe_id=${id}&limit=200`)
    return body.data.every((job: { finished_at: string | null }) => job.finished_at !== null) && body.data.toReversed()
  })

/** The due times that a recipe's jobs were started for, once all have ended. */
async function duesOf(id: RecipeId): Promise<string[]> {
  const dues: string[] = []
  for (const job of await jobsOf(id)) {
    const { body } = await behalf.owner.api('GET', `/jobs/${job.id}`)
    dues.push(body.data.input.value.scheduled_for.slice(5, 16))
  }
  return dues
}

const nextRunOf = async (id: RecipeId) =>
  (await behalf.owner.api('GET', `/recipes/${id}`)).body.data.schedule.next_run_at

/** Fires what is due at this moment: the server does so every second as well. */
const fire = () => fireSchedules(behalf.ctx)

const problemsOf = async (document: object) => {
  const place = { project_id: behalf.projectId, environment: 'PROD' }
  const { body } = await behalf.owner.api('POST', '/recipes', { ...place, document })
  const started = await behalf.owner.api('POST', `/recipes/${body.data.id}/start`)
  return (started.body.error?.details.problems ?? []).map(
    ({ path, code }: { path: string; code: string }) => `${path} ${code}`,
  )
}

test('a schedule runs by itself within seconds of its time, as nobody, and says when it runs next', async () => {
  const id = await behalf.addRecipe(scheduled())
  expect(await nextRunOf(id)).toBe('2026-10-25T13:00:00.000Z')
  now += 59 * MINUTE
  await fire()
  expect(await jobsOf(id)).toEqual([])
  now += MINUTE
  const [job] = await until(async () => {
    const jobs = await jobsOf(id)
    return jobs.length > 0 && jobs
  })
  expect(job).toMatchObject({ surface: 'schedule', person: null, status: 'succeeded', private: false })
  const { body } = await behalf.owner.api('GET', `/jobs/${job.id}`)
  const text = 'Due at 2026-10-25T13:00:00.000Z in Europe/Berlin'
  expect(body.data).toMatchObject({ result: { value: { text } } })
  expect(await nextRunOf(id)).toBe('2026-10-25T14:00:00.000Z')
  const list = await behalf.owner.api('GET', '/recipes')
  expect(list.body.data[0]).toMatchObject({
    trigger: { kind: 'schedule' },
    schedule: { cron: '0 * * * *', time_zone: 'Europe/Berlin', next_run_at: '2026-10-25T14:00:00.000Z' },
  })
})

test('on two machines that look at once, and again and again, every due time of many schedules starts one job', async () => {
  const ids: RecipeId[] = []
  for (let n = 0; n < 12; n++) ids.push(await behalf.addRecipe(scheduled({}, { name: `Recipe ${n}` })))
  const other = await behalf.startAnother()
  try {
    for (let hour = 0; hour < 3; hour++) {
      now += HOUR
      await Promise.all([fire(), fireSchedules(other.ctx), fire(), fireSchedules(other.ctx)])
    }
    // A turn may have left what another was at to that one.
    await until(async () => (await nextRunOf(ids[11] as RecipeId)) === '2026-10-25T16:00:00.000Z')
    for (const id of ids) expect(await duesOf(id)).toEqual(['10-25T13:00', '10-25T14:00', '10-25T15:00'])
  } finally {
    await other.stop()
  }
  expect(behalf.log.filter((line) => line.includes('could not be fired'))).toEqual([])
})

test('a due time that comes again, as from an older copy of the database, starts nothing', async () => {
  const id = await behalf.addRecipe(scheduled())
  now += HOUR
  await fire()
  const again = new Date('2026-10-25T13:00:00Z')
  await behalf.database.db.updateTable('schedules').set({ next_at: again }).where('recipe_id', '=', id).execute()
  await fire()
  expect(await duesOf(id)).toEqual(['10-25T13:00'])
})

test('a schedule that cannot be fired leaves those that are fired with it alone', async () => {
  const [broken, whole] = [
    await behalf.addRecipe(scheduled()),
    await behalf.addRecipe(scheduled({}, { name: 'Whole' })),
  ]
  const cron = 'out of an older copy'
  await behalf.database.db.updateTable('schedules').set({ cron }).where('recipe_id', '=', broken).execute()
  now += HOUR
  await fire()
  // The server's own turn may be at them.
  expect(await until(async () => (await duesOf(whole)).join())).toBe('10-25T13:00')
  expect(await duesOf(broken)).toEqual([])
})

describe('after an outage', () => {
  const missed = async (more: object, outageMs: number) => {
    const id = await behalf.addRecipe(scheduled(more))
    await behalf.stopServer()
    now += outageMs
    await behalf.restart()
    await until(async () => new Date(await nextRunOf(id)).getTime() > now)
    return duesOf(id)
  }

  test('what was missed is left out, or its last is run, or all of it, by the catch-up rule', async () => {
    const outage = 3 * HOUR + 10 * MINUTE
    expect(await missed({ catch_up: 'none' }, outage)).toEqual([])
    expect(await missed({}, outage)).toEqual(['10-25T18:00'])
    expect(await missed({ catch_up: 'all' }, outage)).toEqual(['10-25T19:00', '10-25T20:00', '10-25T21:00'])
  })

  test('a run that is less than a minute late is not missed', async () => {
    expect(await missed({ catch_up: 'none' }, HOUR + 30_000)).toEqual(['10-25T13:00'])
  })

  test('of more than a hundred the last hundred are run', async () => {
    const dues = await missed({ cron: '* * * * *', catch_up: 'all' }, 5 * HOUR)
    expect([dues.length, dues[0], dues.at(-1)]).toEqual([100, '10-25T15:21', '10-25T17:00'])
  })
})

test('stopping ends it, starting again counts from then, and so do other times; the same times go on', async () => {
  const { api } = behalf.owner
  const id = await behalf.addRecipe(scheduled())
  await api('POST', `/recipes/${id}/stop`)
  expect(await nextRunOf(id)).toBeNull()
  now += 2 * HOUR + MINUTE
  await fire()
  await api('POST', `/recipes/${id}/start`)
  expect([await jobsOf(id), await nextRunOf(id)]).toEqual([[], '2026-10-25T15:00:00.000Z'])

  const save = async (document: object, version: number) => {
    const { status } = await api('PUT', `/recipes/${id}`, { document, expected_version: version })
    expect(status).toBe(200)
  }
  now += HOUR
  await save(scheduled({ catch_up: 'all' }, { description: 'Changed' }), 1)
  await fire()
  expect(await duesOf(id)).toEqual(['10-25T15:00'])
  await save(scheduled({ cron: '30 9 * * *' }), 2)
  expect(await nextRunOf(id)).toBe('2026-10-26T08:30:00.000Z')
  await save({ ...scheduled(), trigger: { kind: 'api' }, steps: [{ kind: 'reply', name: 'note', text: 'Hi' }] }, 3)
  now += 24 * HOUR
  await fire()
  expect(await duesOf(id)).toEqual(['10-25T15:00'])

  await save(scheduled(), 4)
  await api('DELETE', `/recipes/${id}`)
  now += 24 * HOUR
  await fire()
  expect(await jobsOf(id)).toHaveLength(1)
})

test('a schedule that cannot be, or that would need a person, is refused at its start', async () => {
  expect(await problemsOf(scheduled({ cron: '0 25 * * *', time_zone: 'Mars/Phobos' }))).toEqual([
    'trigger.cron cron_invalid',
    'trigger.time_zone time_zone_unknown',
  ])
  expect(await problemsOf(scheduled({ cron: '0 0 31 2 *' }))).toEqual(['trigger.cron cron_invalid'])
  const pills = { steps: [{ kind: 'reply', name: 'note', text: '{{ person.name }} {{ trigger.body }}' }] }
  expect(await problemsOf(scheduled({}, pills))).toEqual(['steps[0].text pill_unknown', 'steps[0].text pill_unknown'])
  const parent = await behalf.addCrmParent()
  const personal = { connections: { crm: { connector: 'salesforce', connection_id: parent, personal: true } } }
  expect(await problemsOf(scheduled({}, personal))).toEqual(['connections.crm.personal switch_needs_person'])
})

test('a run whose function is stopped is refused and on record; the next is not held up', async () => {
  const { api } = behalf.owner
  const helper = await behalf.addRecipe({
    name: 'Helper',
    trigger: { kind: 'function' },
    steps: [{ kind: 'reply', name: 'say', text: 'Hi' }],
  })
  const call = { kind: 'call', name: 'help', recipe_id: helper }
  const id = await behalf.addRecipe(scheduled({}, { steps: [call] }))
  await api('POST', `/recipes/${helper}/stop`)
  now += HOUR
  await fire()
  expect([await jobsOf(id), await nextRunOf(id)]).toEqual([[], '2026-10-25T14:00:00.000Z'])
  const { body } = await api('GET', '/audit_events?action=recipe.due_run_refused')
  expect(body.data[0]).toMatchObject({
    target_id: id,
    details: { code: 'function_stopped', scheduled_for: '2026-10-25T13:00:00.000Z' },
  })
  await api('POST', `/recipes/${helper}/start`)
  now += HOUR
  await fire()
  expect(await duesOf(id)).toEqual(['10-25T14:00'])
})

test('whoever may run and edit recipes runs it now, as nobody, and nobody else does', async () => {
  const id = await behalf.addRecipe(scheduled())
  const run = async (person: typeof behalf.owner, more: object = {}) => {
    const { status, body } = await person.api('POST', `/recipes/${id}/run`, { wait_seconds: 20, ...more })
    return [status, body.error?.code ?? body.data.status]
  }
  const analyst = await behalf.addPerson('Ana Analyst', 'analyst')
  expect(await run(analyst)).toEqual([200, 'succeeded'])
  expect(await run(analyst, { input: { scheduled_for: 'never' } })).toEqual([422, 'input_invalid'])
  expect(await run(await behalf.addPerson('Otto Operator', 'operator'))).toEqual([403, 'forbidden'])
  const [job] = await jobsOf(id)
  expect(job).toMatchObject({ person: null, surface: 'schedule' })
  await behalf.owner.api('POST', `/recipes/${id}/stop`)
  expect(await run(analyst)).toEqual([409, 'recipe_stopped'])
})

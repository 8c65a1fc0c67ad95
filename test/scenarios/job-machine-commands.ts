import type { AsyncCommand } from 'fast-check'
import fc from 'fast-check'
import { runRecipe } from '../../src/commands/jobs/run-recipe.ts'
import type { JobId } from '../../src/core/ids.ts'
import { lapseWaits } from '../../src/jobs/continue-jobs.ts'
import { runJob } from '../../src/jobs/run-job.ts'
import { actorOf } from '../../src/people/actor.ts'
import type { TestPerson } from '../support/behalf.ts'
import { sayMine } from '../support/behalf.ts'
import type { Page } from '../support/browser.ts'
import { holdAnswer } from '../support/hold-answer.ts'
import { expectAgreement } from './job-machine-invariants.ts'
import type { Model, ModelJob } from './job-machine-model.ts'
import * as model from './job-machine-model.ts'
import { ACCOUNTS, KINDS, type Kind, madeBy, settle, type World } from './job-machine-world.ts'

type Command = AsyncCommand<Model, World>
/** What happens in the world, and, once everything has come to rest, in the model. */
type Happens = (world: World, model: Model) => Promise<() => void>

function command(name: string, isPossible: (model: Model) => boolean, happen: Happens): Command {
  return {
    toString: () => name,
    check: (at) => isPossible(at),
    async run(at, world) {
      const follow = await happen(world, at)
      await settle(world)
      follow()
      await expectAgreement(world, at)
    },
  }
}

const personOf = (world: World, person: number): TestPerson => world.people[person] as TestPerson
const pick = <T>(from: readonly T[], at: number): T => from[at % from.length] as T
const isActive = (at: Model, person: number) => at.people[person]?.active === true
const unfinished = (at: Model) => at.jobs.filter((job) => !model.hasEnded(job))

async function run(world: World, person: number, kind: Kind): Promise<JobId> {
  const wanted = { recipeId: world.recipes[kind], input: {}, deliveryKey: null, waitMs: 0 }
  const origin = { surface: 'portal', address: { return_to: '/chat' } }
  return (await runRecipe(world.ctx, actorOf(personOf(world, person).person), { ...wanted, origin })).jobId
}

const invoke = (person: number, kind: Kind) =>
  command(
    `${person} runs ${kind}`,
    (at) => isActive(at, person),
    async (world, at) => {
      const id = await run(world, person, kind).catch((error) => {
        if (at.started[kind] || !['recipe_stopped', 'recipe_not_found'].includes(error.code)) throw error
      })
      return () => id && model.invoke(at, { id, person, kind, isTold: true })
    },
  )

const rerun = (which: number) =>
  command(
    `job ${which} is run again`,
    (at) => at.jobs.length > 0 && isActive(at, pick(at.jobs, which).person) && at.started[pick(at.jobs, which).kind],
    async (world, at) => {
      const { id, person, kind } = pick(at.jobs, which)
      const { body } = await personOf(world, person).api('POST', `/jobs/${id}/rerun`)
      return () => model.invoke(at, { id: body.data.id, person, kind, isTold: false })
    },
  )

/** Whether there is something to connect, or to let. */
const canConnect = (at: Model, person: number) =>
  isActive(at, person) && (at.people[person]?.grant === 'none' || model.waitingKinds(at, person).length > 0)

/** Goes up to the last click, with the box of one recipe unticked where there are several: what is ticked, and that click. */
async function approach(world: World, at: Model, { person, untick }: { person: number; untick: number | null }) {
  const { browser, api } = personOf(world, person)
  const { body } = await api('POST', `/me/connections/${world.parent}/connect`)
  const page = await browser.open(body.data.url)
  const form = page.forms.find(({ buttons }) => buttons.some(({ value }) => value === 'connect'))
  if (!form) throw new Error(`there is nothing to press on ${page.url}: ${page.text()}`)
  const boxes = form.fields.filter(([name]) => name === 'recipe').map(([, value]) => value)
  const ticks =
    untick === null || boxes.length < 2 ? boxes : boxes.filter((_, index) => index !== untick % boxes.length)
  const ticked = KINDS.filter((kind) => ticks.some((tick) => tick.startsWith(`${world.recipes[kind]}.`)))
  const answer = () => page.submit({ recipe: ticks }, form)
  if (at.people[person]?.grant !== 'none') return { ticked, click: answer }
  const consent = await atCrm(await answer(), ACCOUNTS[person] as string)
  return { ticked, click: async () => sayMine(await consent.click('Allow')) }
}

const atCrm = async (page: Page, as: string): Promise<Page> =>
  page.buttons.some(({ label }) => label.includes('Continue as')) ? page.click(`Continue as ${as}`) : page

const connect = (person: number, untick: number | null) =>
  command(
    `${person} connects${untick === null ? '' : `, but for one (${untick})`}`,
    (at) => canConnect(at, person),
    async (world, at) => {
      const { ticked, click } = await approach(world, at, { person, untick })
      await click()
      return () => model.connected(at, person, ticked)
    },
  )

/** Which of these may use what this person has connected. */
async function withLeave({ database, people, recipes }: World, person: number, kinds: Kind[]): Promise<Kind[]> {
  const { rows } = await database.pool.query(
    `select s.recipe_id from consents s join connections c on c.id = s.connection_id
     where c.person_id = $1 and c.status = 'connected' and s.withdrawn_at is null`,
    [people[person]?.person.id],
  )
  return kinds.filter((kind) => rows.some(({ recipe_id }) => recipe_id === recipes[kind]))
}

const waiting = (at: Model) => model.jobsIn(at, 'waiting_for_connection').filter(({ person }) => isActive(at, person))

const cancelWhileConnecting = (which: number) =>
  command(
    `job ${which} is cancelled while its person connects`,
    (at) => waiting(at).length > 0,
    async (world, at) => {
      const job = pick(waiting(at), which)
      const { ticked, click } = await approach(world, at, { person: job.person, untick: null })
      const [cancelled] = await Promise.all([cancelling(world, job), click()])
      // Of a request that nobody waits for any more nothing is connected, and a box of what was cancelled counts for nothing.
      const allowed = await withLeave(world, job.person, ticked)
      const follow = () => allowed.length > 0 && model.connected(at, job.person, allowed)
      return () => afterRace(world, { job, cancelled, follow })
    },
  )

/** The jobs whose answer is taken: their recipes are started. */
const asking = (at: Model) => model.jobsIn(at, 'waiting_for_answer').filter(({ kind }) => at.started[kind])

/** Answers so often at once; how many were taken. */
async function answering(world: World, { id, person }: ModelJob, times: number): Promise<number> {
  const { api } = personOf(world, person)
  const { step } = (await api('GET', `/jobs/${id}`)).body.data.question
  const answer = () => api('POST', `/jobs/${id}/answer`, { step, choice: 'yes' })
  const answers = await Promise.all(Array.from({ length: times }, answer))
  return answers.filter(({ status }) => status === 204).length
}

const answer = (which: number, times: number) =>
  command(
    `job ${which} is answered${times > 1 ? ` ${times} times at once` : ''}`,
    (at) => asking(at).length > 0,
    async (world, at) => {
      const job = pick(asking(at), which)
      const taken = await answering(world, job, times)
      if (taken !== 1) throw new Error(`${taken} answers were taken`)
      return () => model.answered(at, job)
    },
  )

const cancelWhileAnswering = (which: number) =>
  command(
    `job ${which} is cancelled while it is answered`,
    (at) => asking(at).length > 0,
    async (world, at) => {
      const job = pick(asking(at), which)
      const [cancelled, taken] = await Promise.all([cancelling(world, job), answering(world, job, 1).catch(() => 0)])
      return () => afterRace(world, { job, cancelled, follow: () => taken > 0 && model.answered(at, job) })
    },
  )

const cancelling = async (world: World, { id, person }: ModelJob) =>
  (await personOf(world, person).api('POST', `/jobs/${id}/cancel`)).status === 204

/** What else came of it follows; the job itself was cancelled, before or after it did something, or had ended by then. */
function afterRace(world: World, race: { job: ModelJob; cancelled: boolean; follow: () => unknown }): void {
  const { job, cancelled, follow } = race
  const from = { at: job.at, made: [...job.made] }
  follow()
  if (cancelled) model.endedAmid(job, madeBy(world, job.id), from)
}

const cancel = (which: number) =>
  command(
    `job ${which} is cancelled`,
    (at) => unfinished(at).length > 0,
    async (world, at) => {
      const job = pick(unfinished(at), which)
      if (!(await cancelling(world, job))) throw new Error('it was not cancelled')
      return () => Object.assign(job, { status: 'cancelled' })
    },
  )

const declinable = (at: Model) => waiting(at).filter(({ isTold }) => isTold)

const decline = (which: number) =>
  command(
    `Not now is said to job ${which}`,
    (at) => declinable(at).length > 0,
    async (world, at) => {
      const job = pick(declinable(at), which)
      const { chat, browser } = personOf(world, job.person)
      const line = (await chat()).findLast(({ kind, job_id }) => kind === 'ask' && job_id === job.id)
      await (await browser.open(line?.links[0]?.url ?? '')).click('Not now')
      return () => Object.assign(job, { status: 'cancelled' })
    },
  )

const lapse = () =>
  command(
    'all that waits lapses',
    (at) => unfinished(at).length > 0,
    async (world, at) => {
      world.advance(61 * 60 * 1000)
      await Promise.all([lapseWaits(world.ctx), lapseWaits(world.another.ctx)])
      return () => model.lapsed(at)
    },
  )

const lose = (person: number) =>
  command(
    `the CRM ends what ${person} gave`,
    (at) => at.people[person]?.grant === 'live',
    async (world, at) => {
      await world.crm.revokeGrantsOf(ACCOUNTS[person]?.split(' ')[0]?.toLowerCase() ?? '')
      return () => Object.assign(at.people[person] as model.ModelPerson, { grant: 'dead' })
    },
  )

const disconnect = (person: number) =>
  command(
    `${person} disconnects`,
    (at) => isActive(at, person) && at.people[person]?.grant !== 'none',
    async (world, at) => {
      const { api } = personOf(world, person)
      const [{ connection }] = (await api('GET', '/me/connections')).body.data
      await api('POST', `/connections/${connection.id}/disconnect`)
      return () => Object.assign(at.people[person] as model.ModelPerson, { grant: 'none' })
    },
  )

const stop = (kind: Kind, how: 'stopped' | 'removed') =>
  command(
    `${kind} is ${how}`,
    (at) => at.started[kind],
    async (world, at) => {
      const path = `/recipes/${world.recipes[kind]}`
      const { status } = await (how === 'removed'
        ? world.owner.api('DELETE', path)
        : world.owner.api('POST', `${path}/stop`))
      if (status >= 300) throw new Error(`it was not ${how}: ${status}`)
      return () => {
        Object.assign(at.started, { [kind]: false })
        if (how === 'removed') model.removed(at, kind)
      }
    },
  )

const deactivate = (person: number) =>
  command(
    `${person} is deactivated`,
    (at) => isActive(at, person),
    async (world, at) => {
      await world.owner.api('POST', `/people/${personOf(world, person).person.id}/deactivate`)
      return () => {
        Object.assign(at.people[person] as model.ModelPerson, { active: false, grant: 'none' })
        for (const job of unfinished(at)) if (job.person === person) job.status = 'cancelled'
      }
    },
  )

/** The process that runs a job stands still after its first effect, is taken for dead, and wakes up when another has taken over. */
const takeOver = (person: number, kind: 'two' | 'loop') =>
  command(
    `${kind} of ${person} is taken over`,
    (at) =>
      isActive(at, person) &&
      at.started[kind] &&
      at.people[person]?.grant === 'live' &&
      at.people[person].consents.has(kind),
    async (world, at) => {
      const held = holdAnswer(world.ctx, ({ method, url }) => method === 'POST' && url.pathname.includes('sobjects'))
      const id = await run(world, person, kind)
      await held.arrived
      await world.database.pool.query(`update jobs set holder = 'dead' where id = $1`, [id])
      await runJob(world.another.ctx, id)
      held.release()
      return () => {
        model.invoke(at, { id, person, kind, isTold: true })
        // What may not be repeated is not; the rest is.
        const job = at.jobs.at(-1)
        if (kind === 'two') Object.assign(job as ModelJob, { status: 'failed', made: ['a'] })
        else Object.assign(job as ModelJob, { made: ['1', '1'] })
      }
    },
  )

const person = fc.nat(1)
const which = fc.nat(5)
const kind = fc.constantFrom(...KINDS)

/** Where each walk begins: one of both is connected, and one job waits to be answered. */
export const BEGINNING: Command[] = [invoke(0, 'two'), invoke(0, 'loop'), connect(0, null)]

/** Everything that can happen, the rarest last. */
export const COMMANDS: fc.Arbitrary<Command>[] = [
  ...times(
    10,
    fc.tuple(person, kind).map(([who, what]) => invoke(who, what)),
  ),
  ...times(
    6,
    fc.tuple(person, fc.option(which)).map(([who, untick]) => connect(who, untick)),
  ),
  ...times(
    6,
    fc.tuple(which, fc.constantFrom(1, 3)).map(([job, many]) => answer(job, many)),
  ),
  ...times(
    6,
    fc.tuple(person, fc.constantFrom('two' as const, 'loop' as const)).map(([who, what]) => takeOver(who, what)),
  ),
  ...[cancelWhileConnecting, cancelWhileAnswering, cancel, decline, rerun].flatMap((job) => times(2, which.map(job))),
  ...[lose, disconnect].flatMap((who) => times(2, person.map(who))),
  fc.constant(null).map(lapse),
  fc.tuple(kind, fc.constantFrom('stopped' as const, 'removed' as const)).map(([what, how]) => stop(what, how)),
  person.map(deactivate),
]

function times<T>(many: number, of: T): T[] {
  return Array.from({ length: many }, () => of)
}

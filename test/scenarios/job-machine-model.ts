import type { JobId } from '../../src/core/ids.ts'
import { KINDS, type Kind } from './job-machine-world.ts'

/** What a recipe does, in its order: something at the CRM, or a question. `goOn`: where nobody answers, it goes on. */
type Part = { does: string } | { asks: true; goOn: boolean }

const asks = { asks: true, goOn: false } as const
const PROGRAMS: Record<Kind, Part[]> = {
  two: [{ does: 'a' }, { does: 'b' }],
  ask: [{ does: 'a' }, asks, { does: 'b' }],
  loop: [{ does: '1' }, asks, { does: '2' }, asks],
  caught: [{ does: 'a' }, { does: 'b' }],
  off: [{ asks: true, goOn: true }, { does: 'a' }],
}

export interface ModelPerson {
  active: boolean
  /** `dead`: the application has ended it, and nobody here knows yet. */
  grant: 'none' | 'live' | 'dead'
  consents: Set<Kind>
}

export interface ModelJob {
  id: JobId
  person: number
  kind: Kind
  status: string
  /** How many parts of its recipe are done. */
  at: number
  made: string[]
  /** Whether it was run where its end is told. */
  isTold: boolean
}

/** What must be so. */
export interface Model {
  people: ModelPerson[]
  started: Record<Kind, boolean>
  jobs: ModelJob[]
}

export function newModel(): Model {
  const person = (): ModelPerson => ({ active: true, grant: 'none', consents: new Set() })
  return {
    people: [person(), person()],
    started: Object.fromEntries(KINDS.map((kind) => [kind, true])) as Model['started'],
    jobs: [],
  }
}

const ENDED = ['succeeded', 'failed', 'cancelled', 'expired']
export const hasEnded = ({ status }: ModelJob): boolean => ENDED.includes(status)

/** The jobs that are in this status, of one person or of all. */
export const jobsIn = ({ jobs }: Model, status: string, person?: number): ModelJob[] =>
  jobs.filter((job) => job.status === status && (person === undefined || job.person === person))

/** The recipes whose jobs wait for this person to connect, or to let them. */
export const waitingKinds = (model: Model, person: number): Kind[] => [
  ...new Set(jobsIn(model, 'waiting_for_connection', person).map(({ kind }) => kind)),
]

const mayUse = ({ grant, consents }: ModelPerson, kind: Kind): boolean =>
  kind === 'off' || (grant !== 'none' && consents.has(kind))

/** A job that is recorded: it asks for what is missing before the first step, or runs. */
export function invoke(model: Model, wanted: Pick<ModelJob, 'id' | 'person' | 'kind' | 'isTold'>): void {
  const job: ModelJob = { ...wanted, status: 'queued', at: 0, made: [] }
  model.jobs.push(job)
  goOn(model, job)
}

/** A job that waits no more: everything is checked again. */
function goOn(model: Model, job: ModelJob): void {
  const person = model.people[job.person] as ModelPerson
  if (!model.started[job.kind]) {
    job.status = 'failed'
    return
  }
  const rest = PROGRAMS[job.kind].slice(job.at)
  // A loop is looked at as a whole, whichever of its times is the last.
  if ((job.kind === 'loop' || rest.some((part) => 'does' in part)) && !mayUse(person, job.kind)) {
    job.status = 'waiting_for_connection'
    return
  }
  for (const part of rest) {
    if ('asks' in part) {
      job.status = 'waiting_for_answer'
      return
    }
    if (job.kind !== 'off' && person.grant === 'dead') person.grant = 'none'
    if (!mayUse(person, job.kind)) {
      job.status = 'waiting_for_connection'
      return
    }
    job.made.push(part.does)
    job.at++
  }
  job.status = 'succeeded'
}

/** The question of a job is answered. */
export function answered(model: Model, job: ModelJob): void {
  job.at++
  goOn(model, job)
}

/** A person connects, or lets recipes use what is connected, and leaves these ticked. */
export function connected(model: Model, person: number, ticked: Kind[]): void {
  const its = model.people[person] as ModelPerson
  if (its.grant === 'none') its.grant = 'live'
  for (const kind of waitingKinds(model, person)) if (!ticked.includes(kind)) its.consents.delete(kind)
  for (const kind of ticked) its.consents.add(kind)
  for (const job of jobsIn(model, 'waiting_for_connection', person)) if (ticked.includes(job.kind)) goOn(model, job)
}

/** A recipe is deleted. */
export function removed(model: Model, kind: Kind): void {
  const waiting = [...jobsIn(model, 'waiting_for_connection'), ...jobsIn(model, 'waiting_for_answer')]
  for (const job of waiting) if (job.kind === kind) job.status = 'failed'
}

/** Whatever waits has waited too long. */
export function lapsed(model: Model): void {
  for (const job of jobsIn(model, 'waiting_for_connection')) job.status = 'expired'
  for (const job of jobsIn(model, 'waiting_for_answer')) {
    const part = PROGRAMS[job.kind][job.at]
    if (part && 'asks' in part && part.goOn) answered(model, job)
    else job.status = 'expired'
  }
}

/** A job ended in the same instant in which it was moved on: it may have done some more before. Takes over what it did. */
export function endedAmid(job: ModelJob, made: string[], from: Pick<ModelJob, 'at' | 'made'>): void {
  const rest = PROGRAMS[job.kind].slice(from.at).flatMap((part) => ('does' in part ? [part.does] : []))
  const possible = [...from.made, ...rest].slice(0, Math.max(made.length, from.made.length))
  if (possible.join() !== made.join()) throw new Error(`${job.id} did ${made}, and could have done ${possible}`)
  Object.assign(job, { status: 'cancelled', made })
}

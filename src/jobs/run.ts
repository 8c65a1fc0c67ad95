import type { Interruption } from '#connections/connect-reason.ts'
import type { RecipeUse } from '#connections/standing.ts'
import { type ConnectionId, newId, type PersonId } from '#core/ids.ts'
import { footprintOf } from '#recipes/footprint.ts'
import type { Part, Program } from '#recipes/program.ts'
import type { Json, Scope } from '#recipes/scope.ts'
import type { AskStep, Step } from '#recipes/step.ts'
import { pathsOf, stepsInOrder } from '#recipes/steps.ts'
import type { Outgoing } from '#surfaces/surface.ts'
import type { ClaimedJob } from './claim-job.ts'
import type { JobsContext } from './context.ts'
import { loadStepRecords, type RecordedStep } from './load-step-records.ts'
import type { QueuedMessage } from './outbox.ts'
import type { JobResult } from './read-job-answer.ts'
import type { Finish, StepRecord } from './record.ts'
import { weightOf } from './weight-of.ts'

/** A run of a claimed job: what is known, and what is not written yet. */
export interface Run {
  job: ClaimedJob
  /** Outcomes on record from before, by the steps' keys. */
  recorded: ReadonlyMap<string, RecordedStep>
  /** What the person's consent must cover. */
  use: RecipeUse
  /** The steps that hold others and began in this turn, by their keys. */
  begun: Map<string, { startedAt: Date; input: unknown }>
  /** Written with the next statement: before the next outside effect, at the latest at the end; steps by their keys. */
  unwritten: Unwritten
  /** When it said something last, in milliseconds, so that what it says is delivered in its order. */
  saidAt: number
  /** The place of each step in the history, in the order in which they were come to. */
  positions: Map<string, number>
  /** How many steps it has run, those on record counted. */
  stepsRun: number
  /** About how much memory all that its steps yielded takes, in bytes: whoever takes the job up reads it again. */
  kept: number
}

/** What the next statement writes. */
interface Unwritten {
  steps: Map<string, StepRecord>
  outgoing: QueuedMessage[]
  /** About how much memory it takes, in bytes. */
  weight: number
}

export const nothingUnwritten = (): Unwritten => ({ steps: new Map(), outgoing: [], weight: 0 })

/** Where in its job a list of steps runs: in which recipe, within which loops and calls. */
export interface Frame {
  run: Run
  part: Part
  /**
   * What a step's name is preceded by in its key: `lines[2].` within a loop or a try, `notify.` within the function that `notify` calls.
   * Of `lines[2].create` there is one in a job.
   */
  prefix: string
  /** The same without the numbers of tries: an application that is sent the same once more shall know it. */
  effectPrefix: string
  scope: Scope
  /** The last reply's data, for the caller: of the job, or of the function. */
  reply: { last: JobResult | null }
  /** How deep in calls it is. */
  calls: number
  /** Nobody is shown the data of any step in it: a masked call led here. */
  masked: boolean
  /** Whose connections are used in the place of the invoker's, by their names in this recipe. */
  delegated: ReadonlyMap<string, DelegatedConnection>
}

/** A connection that its person lets a recipe use without them. */
export interface DelegatedConnection {
  connectionId: ConnectionId
  parentId: ConnectionId
  personId: PersonId
  use: RecipeUse
}

/** How far a list of steps came. */
export type Progress =
  | { kind: 'through' }
  /** By a step that says so. */
  | { kind: 'ended'; finish: Finish }
  /** A step failed, and it is on record. */
  | { kind: 'failed'; step: string; error: { code: string; message: string } }
  /** The connection a step needs must be connected first. */
  | {
      kind: 'must_ask'
      step: string
      parentId: ConnectionId
      interruption: Interruption
      /** Whose, when it is not the connection of the job's own person. */
      delegated: DelegatedConnection | undefined
    }
  /** Its person is asked something. */
  | { kind: 'must_wait'; step: string; question: AskStep; text: string }
  /** It is to be tried again, but not yet. */
  | { kind: 'not_before'; at: Date }
  /** This process is to end, and another goes on with what is on record. */
  | { kind: 'give_back' }
  /** Another process speaks for this job now. */
  | { kind: 'fence_lost' }

/** A run with what earlier turns put on record. */
export async function beginRun(ctx: JobsContext, job: ClaimedJob): Promise<Run> {
  const recorded = job.resumed ? await loadStepRecords(ctx, job) : new Map<string, RecordedStep>()
  return {
    job,
    recorded,
    use: { recipeId: job.recipeId, footprint: footprintOf(job.program, ctx.connectors) },
    begun: new Map(),
    unwritten: nothingUnwritten(),
    saidAt: 0,
    positions: new Map([...recorded].map(([step, { position }]) => [step, position])),
    stepsRun: 0,
    kept: [...recorded.values()].reduce((sum, { output }) => sum + weightOf(output), 0),
  }
}

/** Where a job's own steps run. */
export function outerFrame(run: Run): Frame {
  const { program, input, person, id, recipeName, createdAt, masked } = run.job
  return {
    run,
    part: program.main,
    prefix: '',
    effectPrefix: '',
    reply: { last: null },
    calls: 0,
    masked,
    delegated: new Map(),
    scope: {
      trigger: input,
      steps: {},
      person: person && { id: person.id, name: person.name, email: person.email },
      job: { id, recipe: recipeName, created_at: createdAt.toISOString() },
    },
  }
}

/** Whether nobody is shown a step's data: it says so, or the call that led to it does. */
export const isMasked = ({ masked }: Pick<Frame, 'masked'>, step: Step): boolean =>
  masked || ('masked' in step && step.masked === true)

/** What a loop goes through and collects is what its steps take and yield. */
const loopsOverMasked = ({ functions }: Program, step: Step): boolean =>
  (step.kind === 'for_each' || step.kind === 'repeat') &&
  stepsInOrder(step).some((each) => isMasked({ masked: false }, each.step) || yieldsMasked(functions, each.step))

/** Of a function whose reply is masked so is what the call yields. */
const yieldsMasked = (functions: Program['functions'], step: Step): boolean =>
  step.kind === 'call' &&
  stepsInOrder(functions.get(step.recipe_id ?? '')?.document ?? { steps: [] }).some(
    (each) => each.step.kind === 'reply' && each.step.masked === true,
  )

/** What a step is on record as: once in a job. */
export const keyOf = (frame: Frame, step: Pick<Step, 'name'>): string => frame.prefix + step.name

/** Where a mapping of a step stands, and what it may name. */
export function placeOf(frame: Frame, step: Pick<Step, 'name'>, part: string): { scope: Scope; path: string } {
  const path = pathsOf(frame.part.document).get(step.name) ?? step.name
  return { scope: frame.scope, path: `${path}.${part}` }
}

/** Notes what is known of a step by now; it is written with the next statement. */
export function noteStep(
  frame: Frame,
  step: Step,
  known: Omit<StepRecord, 'step' | 'position' | 'kind' | 'masked' | 'action'> & { masked?: boolean | undefined },
): void {
  const { run, prefix } = frame
  const key = prefix + step.name
  const present = run.unwritten.steps.get(key)
  const position = run.positions.get(key) ?? run.positions.size
  run.positions.set(key, position)
  const yielded = weightOf(known.output)
  run.kept += yielded
  run.unwritten.weight += yielded + weightOf(known.input)
  const action = step.kind === 'action' ? step.action : null
  const masked = known.masked === true || isMasked(frame, step) || loopsOverMasked(run.job.program, step)
  const startedAt = present?.startedAt ?? known.startedAt
  run.unwritten.steps.set(key, {
    ...present,
    ...known,
    step: key,
    kind: step.kind,
    masked,
    action,
    position,
    startedAt,
  })
}

/** What a step that is no action comes to by now. What is on record as ended stays as it is. */
export function noteOutcome(
  ctx: JobsContext,
  frame: Frame,
  step: Step,
  outcome: Pick<StepRecord, 'status'> & Partial<Pick<StepRecord, 'input' | 'output' | 'error' | 'masked'>>,
): void {
  const key = keyOf(frame, step)
  const before = frame.run.recorded.get(key)
  if (before && before.status !== 'began') return
  const now = ctx.clock()
  // why: its beginning may have been written meanwhile, and is not to be overwritten by its end.
  const begun = before?.began ?? frame.run.begun.get(key)
  const startedAt = begun?.startedAt ?? now
  const { input = begun?.input } = outcome
  if (outcome.status === 'began') frame.run.begun.set(key, { startedAt, input })
  else frame.run.begun.delete(key)
  const known = { startedAt, finishedAt: outcome.status === 'began' ? null : now, ...outcome }
  noteStep(frame, step, input === undefined ? known : { ...known, input })
}

/** An output that later steps may name. */
export function putOutput(frame: Frame, step: Pick<Step, 'name'>, output: Json): void {
  frame.scope.steps[step.name] = output
}

/** Puts a message on its way with the next statement; answers the id of its delivery. */
export function say(run: Run, outgoing: Outgoing): string {
  run.saidAt = Math.max(run.saidAt + 1, Date.now())
  const id = newId('outgoing', run.saidAt)
  run.unwritten.outgoing.push({ id, outgoing })
  run.unwritten.weight += weightOf(outgoing)
  return id
}

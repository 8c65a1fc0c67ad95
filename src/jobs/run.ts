import type { Interruption } from '#connections/connect-reason.ts'
import type { RecipeUse } from '#connections/standing.ts'
import { footprintOf } from '#recipes/footprint.ts'
import type { Json, Scope } from '#recipes/scope.ts'
import { type PlacedStep, stepsInOrder } from '#recipes/steps.ts'
import type { Outgoing } from '#surfaces/surface.ts'
import type { ClaimedJob } from './claim-job.ts'
import type { JobsContext } from './context.ts'
import { loadStepRecords, type RecordedStep } from './load-step-records.ts'
import type { Finish, StepRecord } from './record.ts'

/** A run of a claimed job: what is known, and what is not written yet. */
export interface Run {
  job: ClaimedJob
  scope: Scope
  /** Outcomes on record from before, by step name. */
  recorded: ReadonlyMap<string, RecordedStep>
  /** What the person's consent must cover. */
  use: RecipeUse
  /** Where each step stands in the recipe. */
  placed: ReadonlyMap<string, PlacedStep>
  /** Written with the next statement: before the next outside effect, at the latest at the end. */
  unwritten: { steps: StepRecord[]; outgoing: Outgoing[] }
  /** The last reply's data, for a caller by API or webhook. */
  result: { text: string; output: Json } | null
}

/** How far a list of steps came. */
export type Progress =
  | { kind: 'through' }
  | { kind: 'ended'; finish: Finish }
  /** The connection a step needs must be connected first. */
  | { kind: 'must_ask'; step: string; parentId: NonNullable<RecordedStep['parentId']>; interruption: Interruption }
  /** Another process speaks for this job now. */
  | { kind: 'fence_lost' }

/** A run with what earlier turns put on record. */
export async function beginRun(ctx: JobsContext, job: ClaimedJob): Promise<Run> {
  const recorded = job.resumed ? await loadStepRecords(ctx, job) : new Map<string, RecordedStep>()
  const outputs = [...recorded.values()].filter(({ status, kind }) => status === 'succeeded' && kind === 'action')
  const { person } = job
  return {
    job,
    recorded,
    use: { recipeId: job.recipeId, footprint: footprintOf(job.document, ctx.connectors) },
    placed: new Map(stepsInOrder(job.document).map((placed) => [placed.step.name, placed])),
    unwritten: { steps: [], outgoing: [] },
    result: null,
    scope: {
      trigger: job.input,
      steps: Object.fromEntries(outputs.map(({ step, output }) => [step, output])),
      person: person && { id: person.id, name: person.name, email: person.email },
      job: { id: job.id, recipe: job.recipeName, created_at: job.createdAt.toISOString() },
    },
  }
}

/** Where a step stands in its recipe: `steps[2].else[0]`. */
export const pathOf = (run: Run, step: string): string => run.placed.get(step)?.path ?? step

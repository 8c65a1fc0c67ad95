import { UserError } from '#core/errors.ts'
import { holds } from '#recipes/conditions.ts'
import { evaluateMapping } from '#recipes/expressions/evaluate-mapping.ts'
import type { Json } from '#recipes/scope.ts'
import type { ForEachStep, RepeatStep } from '#recipes/step.ts'
import type { JobsContext } from './context.ts'
import { type Frame, keyOf, noteOutcome, type Progress, placeOf, putOutput } from './run.ts'
import type { RunSteps } from './run-steps.ts'
import { weightOf } from './weight-of.ts'

/** Runs the steps once for each item. The items are those it began with, whatever happens to where they came from. */
export async function runForEach(
  ctx: JobsContext,
  frame: Frame,
  step: ForEachStep,
  runSteps: RunSteps,
): Promise<Progress> {
  const key = keyOf(frame, step)
  const before = frame.run.recorded.get(key)
  if (before?.status === 'succeeded') return done(frame, step, before.output)
  const begun = before?.began?.input as { items: Json[] } | undefined
  const items = begun?.items ?? (await itemsOf(ctx, frame, step))
  noteOutcome(ctx, frame, step, { status: 'began', input: { items } })
  const collected = nothingCollected()
  for (const [index, item] of items.entries()) {
    const within = turnOf(frame, step, index, item)
    const progress = await runSteps(ctx, within, step.steps)
    if (progress.kind !== 'through') return progress
    await collect(ctx, within, step, collected)
  }
  return finish(ctx, frame, step, { count: items.length, collected })
}

async function itemsOf(ctx: JobsContext, frame: Frame, step: ForEachStep): Promise<Json[]> {
  const items = await evaluateMapping(ctx, step.items, placeOf(frame, step, 'items'))
  if (!Array.isArray(items)) throw new UserError('items_not_a_list', 'What it is to go through is not a list.')
  if (items.length <= step.limit) return items
  const message = `There are ${items.length} items, and it goes through ${step.limit} at most: raise its limit, or map fewer.`
  throw new UserError('too_many_items', message)
}

/** Runs the steps, and again for as long as the condition holds; each time knows what the time before has left. */
export async function runRepeat(
  ctx: JobsContext,
  frame: Frame,
  step: RepeatStep,
  runSteps: RunSteps,
): Promise<Progress> {
  const key = keyOf(frame, step)
  const before = frame.run.recorded.get(key)
  if (before?.status === 'succeeded') return done(frame, step, before.output)
  // why: that it went on is on record; the condition may say something else by now.
  let times = (before?.began?.input as { times: number } | undefined)?.times ?? 1
  noteOutcome(ctx, frame, step, { status: 'began', input: { times } })
  const collected = nothingCollected()
  let { scope } = frame
  for (let index = 0; index < times; index++) {
    const within = turnOf({ ...frame, scope }, step, index)
    const progress = await runSteps(ctx, within, step.steps)
    if (progress.kind !== 'through') return progress
    scope = within.scope
    await collect(ctx, within, step, collected)
    if (index + 1 < times || !(await holds(ctx, step.while, placeOf(within, step, 'while')))) continue
    if (times >= step.limit) throw tooManyTimes(step)
    times++
    noteOutcome(ctx, frame, step, { status: 'began', input: { times } })
  }
  return finish(ctx, frame, step, { count: times, collected })
}

function tooManyTimes({ limit }: RepeatStep): UserError {
  const message = `Its condition still holds after ${limit} times: raise its limit, or look why it does not end.`
  return new UserError('too_many_times', message)
}

type LoopStep = ForEachStep | RepeatStep

/** One time of a loop: what its steps leave is theirs. */
function turnOf(frame: Frame, step: LoopStep, index: number, item?: Json): Frame {
  const { scope, prefix, effectPrefix } = frame
  const loop = item === undefined ? { index } : { item, index }
  return {
    ...frame,
    prefix: `${prefix}${step.name}[${index}].`,
    effectPrefix: `${effectPrefix}${step.name}[${index}].`,
    scope: { ...scope, steps: { ...scope.steps }, loops: { ...scope.loops, [step.name]: loop } },
  }
}

/** What a loop holds of all its times together, in bytes. */
const MAX_COLLECTED = 16 * 1024 * 1024

interface Collected {
  values: Json[]
  weight: number
}

const nothingCollected = (): Collected => ({ values: [], weight: 0 })

async function collect(ctx: JobsContext, within: Frame, step: LoopStep, collected: Collected): Promise<void> {
  if (step.collect === undefined) return
  const place = placeOf(within, step, 'collect')
  const value = await evaluateMapping(ctx, step.collect, place)
  collected.weight += weightOf(value)
  if (collected.weight > MAX_COLLECTED) {
    const message = `What ${place.path} collects is more than 16 MiB: collect less of each time.`
    throw new UserError('mapping_too_large', message, { details: { path: place.path } })
  }
  collected.values.push(value)
}

function finish(
  ctx: JobsContext,
  frame: Frame,
  step: LoopStep,
  { count, collected }: { count: number; collected: Collected },
): Progress {
  const output = { count, ...(step.collect !== undefined && { collected: collected.values }) }
  noteOutcome(ctx, frame, step, { status: 'succeeded', output })
  return done(frame, step, output)
}

function done(frame: Frame, step: LoopStep, output: Json): Progress {
  putOutput(frame, step, output)
  return { kind: 'through' }
}

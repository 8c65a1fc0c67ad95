import { isDatabaseOutage } from '#database/is-database-outage.ts'
import { holds } from '#recipes/conditions.ts'
import { evaluateMapping } from '#recipes/expressions/evaluate-mapping.ts'
import type { Json } from '#recipes/scope.ts'
import type { IfStep, ReplyStep, Step, StopStep } from '#recipes/step.ts'
import type { JobsContext } from './context.ts'
import type { StepRecord } from './record.ts'
import { type Progress, pathOf, type Run } from './run.ts'
import { runActionStep } from './run-action-step.ts'
import { shownError } from './shown-error.ts'

/** Runs steps in their order, as far as they go. A step that fails ends the job; what went wrong is shown, never thrown. */
export async function runSteps(ctx: JobsContext, run: Run, steps: readonly Step[]): Promise<Progress> {
  for (const step of steps) {
    const progress = await runStep(ctx, run, step)
    if (progress.kind !== 'through') return progress
  }
  return { kind: 'through' }
}

async function runStep(ctx: JobsContext, run: Run, step: Step): Promise<Progress> {
  try {
    switch (step.kind) {
      case 'action':
        return await runActionStep(ctx, run, step)
      case 'if':
        return await runSteps(ctx, run, await chooseBranch(ctx, run, step))
      case 'reply':
        return await reply(ctx, run, step)
      case 'stop':
        return await stop(ctx, run, step)
    }
  } catch (error) {
    // why: a database that is away for a moment says nothing about the step: the job is taken up again where it was.
    if (isDatabaseOutage(error)) throw error
    return failStep(ctx, run, step, error)
  }
}

/** The branch whose condition holds. Deciding again after a crash gives the same, from the same recorded outputs. */
async function chooseBranch(ctx: JobsContext, run: Run, step: IfStep): Promise<readonly Step[]> {
  const { scope } = run
  const path = pathOf(run, step.name)
  const first = await holds(ctx, step.condition, { scope, path: `${path}.condition` })
  let index = first ? -1 : 0
  while (!first && index < step.else_if.length) {
    const { condition } = step.else_if[index] as IfStep['else_if'][number]
    if (await holds(ctx, condition, { scope, path: `${path}.else_if[${index}].condition` })) break
    index++
  }
  if (index === step.else_if.length) index = -1
  const chosen = first ? 'if' : index >= 0 ? `else if ${index + 1}` : 'else'
  noteStep(ctx, run, step.name, { status: 'succeeded', output: { branch: chosen } })
  return first ? step.steps : (step.else_if[index]?.steps ?? step.else)
}

async function reply(ctx: JobsContext, run: Run, step: ReplyStep): Promise<Progress> {
  const { scope } = run
  const path = pathOf(run, step.name)
  const text = asText(await evaluateMapping(ctx, step.text, { scope, path: `${path}.text` }))
  const fields: { name: string; value: string }[] = []
  for (const [i, { name, value }] of step.fields.entries())
    fields.push({
      name,
      value: asText(await evaluateMapping(ctx, value, { scope, path: `${path}.fields[${i}].value` })),
    })
  const output = step.output ? await evaluateMapping(ctx, step.output, { scope, path: `${path}.output` }) : null
  run.result = { text, output }
  // why: a reply on record was written together with its message: it is not sent again.
  if (run.recorded.get(step.name)?.status === 'succeeded') return { kind: 'through' }
  noteStep(ctx, run, step.name, { status: 'succeeded', output: { text, fields, output } })
  run.unwritten.outgoing.push({ kind: 'reply', message: { text, fields, links: [], tone: 'success' } })
  return { kind: 'through' }
}

async function stop(ctx: JobsContext, run: Run, step: StopStep): Promise<Progress> {
  const place = { scope: run.scope, path: `${pathOf(run, step.name)}.message` }
  const message = asText(await evaluateMapping(ctx, step.message, place))
  noteStep(ctx, run, step.name, { status: 'succeeded', output: { outcome: step.outcome, message } })
  if (step.outcome === 'succeeded') {
    if (message)
      run.unwritten.outgoing.push({ kind: 'reply', message: { text: message, fields: [], links: [], tone: 'success' } })
    return { kind: 'ended', finish: { status: 'succeeded', error: null, result: null } }
  }
  const error = { code: 'stopped_by_recipe', message: message || 'The recipe stopped here.' }
  return { kind: 'ended', finish: { status: 'failed', error, result: null } }
}

function noteStep(ctx: JobsContext, run: Run, step: string, outcome: Pick<StepRecord, 'status' | 'output'>): void {
  if (run.recorded.has(step)) return
  const now = ctx.clock()
  const position = run.placed.get(step)?.position ?? 0
  run.unwritten.steps.push({ step, position, action: null, startedAt: now, finishedAt: now, ...outcome })
}

/** A step that failed ends the job, with the error on the step and on the job. Our own faults are shown as a reference only. */
function failStep(ctx: JobsContext, run: Run, step: Step, error: unknown): Progress {
  const shown = shownError(ctx, run, error)
  const now = ctx.clock()
  const present = run.unwritten.steps.find((each) => each.step === step.name)
  if (present) Object.assign(present, { status: 'failed', error: shown, finishedAt: now })
  else {
    const position = run.placed.get(step.name)?.position ?? 0
    const action = step.kind === 'action' ? step.action : null
    run.unwritten.steps.push({
      step: step.name,
      position,
      action,
      status: 'failed',
      error: shown,
      startedAt: now,
      finishedAt: now,
    })
  }
  const message = `The step “${step.name}” failed: ${shown.message}`
  return { kind: 'ended', finish: { status: 'failed', error: { code: shown.code, message }, result: null } }
}

const asText = (value: Json): string =>
  value === null
    ? ''
    : typeof value === 'string'
      ? value
      : typeof value === 'object'
        ? JSON.stringify(value)
        : String(value)

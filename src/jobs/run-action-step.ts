import { Interrupted, type Interruption } from '#connections/connect-reason.ts'
import { type ReadyConnection, useConnection } from '#connections/use-connection.ts'
import type { Action } from '#connectors/connector.ts'
import { Bug, UserError } from '#core/errors.ts'
import type { ConnectionId } from '#core/ids.ts'
import { isRetryable, withRetries as tryAgain } from '#core/with-retries.ts'
import { evaluateMapping } from '#recipes/expressions/evaluate-mapping.ts'
import { findConnection } from '#recipes/recipe.ts'
import type { Json } from '#recipes/scope.ts'
import type { ActionStep } from '#recipes/step.ts'
import type { JobsContext } from './context.ts'
import type { RecordedStep } from './load-step-records.ts'
import { type CredentialUse, record, type StepRecord } from './record.ts'
import { type Progress, pathOf, type Run } from './run.ts'
import { errorCodeOf } from './shown-error.ts'

/**
 * Runs one action with the one grant it may use: the invoker's where the switch is on, the parent's where it is off, never the one in
 * place of the other. Its outcome is written before the next outside effect. Asks when the person's connection cannot be used.
 */
export async function runActionStep(ctx: JobsContext, run: Run, step: ActionStep): Promise<Progress> {
  const before = run.recorded.get(step.name)
  if (before?.status === 'succeeded') return { kind: 'through' }
  if (before?.status === 'failed')
    throw new UserError(before.error?.code ?? 'failed', before.error?.message ?? 'It failed.')
  const { action, parentId, personal } = findAction(ctx, run, step)
  const mayRepeat = action.idempotent || step.after_crash === 'run_again'
  if (before?.began && !mayRepeat) {
    noteCutOff(ctx, run, step, before.began)
    throw outcomeUnknown(step)
  }

  const used = await withRetries(ctx, true, () => useWhose(ctx, run, parentId, personal))
  if (used.kind === 'connect') return { kind: 'must_ask', step: step.name, parentId, interruption: used }
  if (used.kind === 'parent_unusable') throw parentUnusable(used)
  const place = { scope: run.scope, path: `${pathOf(run, step.name)}.input` }
  const input = parseInput(action, step, await evaluateMapping(ctx, step.input, place))
  if (!(await begin(ctx, run, step, { mayRepeat, input, used: used.connection }))) return { kind: 'fence_lost' }
  return act(ctx, run, { step, action, parentId, mayRepeat, input, connection: used.connection })
}

function findAction(ctx: JobsContext, run: Run, step: ActionStep) {
  const connection = findConnection(run.job.document, step.connection)
  const action = ctx.connectors.get(connection?.connector ?? '')?.actions.find(({ name }) => name === step.action)
  if (!connection?.connection_id || !action) throw new Bug(`step ${step.name} of ${run.job.id} names what is not there`)
  return { action, parentId: connection.connection_id as ConnectionId, personal: connection.personal }
}

function useWhose(ctx: JobsContext, { job, use }: Run, parentId: ConnectionId, personal: boolean) {
  if (personal && !job.person) throw new Bug(`job ${job.id} has the switch on and no person`)
  const personId = personal && job.person ? job.person.id : null
  return useConnection(
    ctx,
    { parentId, personId, recipe: personId === null ? null : use },
    { jobId: job.id, fence: job.fence },
  )
}

function parentUnusable({ code }: Extract<Interruption, { kind: 'parent_unusable' }>): UserError {
  return code === 'parent_deleted'
    ? new UserError(code, 'The connection it uses was deleted. Ask the recipe’s builder.')
    : new UserError(code, 'The connection it uses is not connected. Ask the recipe’s builder to connect it.')
}

function parseInput(action: Action, step: ActionStep, mapped: Json): unknown {
  const parsed = action.input.safeParse(mapped)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'input'}: ${message}`)
  throw new UserError('step_input_invalid', `${action.label} cannot use this input. ${problems.join('; ')}`, {
    details: { step: step.name, problems },
  })
}

/**
 * Before an outside effect, what came before it is put on record; so is, for a step that must not repeat, that it begins. False when
 * this process no longer speaks for the job.
 */
async function begin(
  ctx: JobsContext,
  run: Run,
  step: ActionStep,
  { mayRepeat, input, used }: { mayRepeat: boolean; input: unknown; used: ReadyConnection },
): Promise<boolean> {
  const { steps, outgoing } = run.unwritten
  const use = {
    connectionId: used.connectionId,
    accountLabel: used.accountLabel,
    requests: 0,
    httpStatus: null,
    outcome: 'began',
  }
  const beginning: StepRecord[] = mayRepeat
    ? []
    : [{ ...frameOf(ctx, run, step), status: 'began', input, use, finishedAt: null }]
  if (steps.length + outgoing.length + beginning.length === 0) return true
  run.unwritten = { steps: [], outgoing: [] }
  const written = await record(ctx, run.job, { steps: [...steps, ...beginning], outgoing, finish: null })
  if (written && steps.length > 0) ctx.checkpoint('step recorded')
  if (written && beginning.length > 0) ctx.checkpoint('step begun')
  return written
}

function frameOf(
  ctx: JobsContext,
  run: Run,
  step: ActionStep,
): Pick<StepRecord, 'step' | 'position' | 'action' | 'startedAt'> {
  const position = run.placed.get(step.name)?.position ?? 0
  return { step: step.name, position, action: step.action, startedAt: ctx.clock() }
}

interface Acting {
  step: ActionStep
  action: Action
  parentId: ConnectionId
  mayRepeat: boolean
  input: unknown
  connection: ReadyConnection
}

async function act(ctx: JobsContext, run: Run, acting: Acting): Promise<Progress> {
  const { step, action, connection, input } = acting
  const frame = frameOf(ctx, run, step)
  const { request, settings } = connection
  const call = { input, request, settings, idempotencyKey: `${run.job.id}/${step.name}` }
  try {
    const output = action.output.parse(await withRetries(ctx, acting.mayRepeat, () => action.run(call))) as Json
    const interruption = connection.interruption()
    if (interruption) throw new Interrupted(interruption)
    ctx.checkpoint('step done but not recorded')
    run.scope.steps[step.name] = output
    run.unwritten.steps.push({ ...frame, ...ended(ctx, connection, 'succeeded'), status: 'succeeded', input, output })
    return { kind: 'through' }
  } catch (error) {
    const interruption = connection.interruption()
    if (interruption) return afterInterruption(ctx, run, acting, interruption)
    run.unwritten.steps.push({ ...frame, ...ended(ctx, connection, errorCodeOf(error)), status: 'failed', input })
    throw error
  }
}

function ended(
  ctx: JobsContext,
  connection: ReadyConnection,
  outcome: string,
): { finishedAt: Date; use: CredentialUse } {
  const { connectionId, accountLabel, usage } = connection
  const { requests, httpStatus } = usage
  return { finishedAt: ctx.clock(), use: { connectionId, accountLabel, requests, httpStatus, outcome } }
}

/** The connection, or the job, was cut off while the action ran. What it may have done already must not be done twice. */
async function afterInterruption(
  ctx: JobsContext,
  run: Run,
  { step, mayRepeat, parentId, connection, input }: Acting,
  interruption: Interruption,
): Promise<Progress> {
  const frame = frameOf(ctx, run, step)
  if (interruption.kind === 'fence_lost') {
    const stopped: StepRecord = { ...frame, ...ended(ctx, connection, 'interrupted'), status: 'interrupted', input }
    await record(ctx, run.job, { steps: [stopped], outgoing: [], finish: null })
    return { kind: 'fence_lost' }
  }
  if (interruption.kind === 'parent_unusable') {
    run.unwritten.steps.push({ ...frame, ...ended(ctx, connection, interruption.code), status: 'failed', input })
    throw parentUnusable(interruption)
  }
  if (connection.usage.accepted > 0 && !mayRepeat) {
    run.unwritten.steps.push({ ...frame, ...ended(ctx, connection, 'outcome_unknown'), status: 'failed', input })
    throw outcomeUnknown(step)
  }
  // Nothing that was accepted has had an effect: it begins again after the person connected.
  run.unwritten.steps.push({ ...frame, ...ended(ctx, connection, 'interrupted'), status: 'interrupted', input })
  return { kind: 'must_ask', step: step.name, parentId, interruption }
}

/** A crash came between the beginning of a step and its end. Its credential may have been used, so that is on record too. */
function noteCutOff(ctx: JobsContext, run: Run, step: ActionStep, began: NonNullable<RecordedStep['began']>): void {
  const { connectionId, accountLabel, input } = began
  const frame = frameOf(ctx, run, step)
  const use = { requests: 0, httpStatus: null, outcome: 'outcome_unknown' }
  run.unwritten.steps.push({
    ...frame,
    status: 'failed',
    input,
    startedAt: began.startedAt ?? frame.startedAt,
    finishedAt: ctx.clock(),
    ...(connectionId && { use: { ...use, connectionId, accountLabel } }),
  })
}

function outcomeUnknown(step: ActionStep): UserError {
  return new UserError(
    'outcome_unknown',
    'Behalf was cut off while this step ran, so it is not known whether it took effect. Look at the application, then run the recipe again if need be.',
    { details: { step: step.name } },
  )
}

/** Tries again what may be repeated, when the application says, or seems, to be busy or down for a moment. */
function withRetries<T>(ctx: JobsContext, mayRepeat: boolean, attempt: () => Promise<T>): Promise<T> {
  return tryAgain(mayRepeat ? ctx.retryDelaysMs : [], isRetryable, attempt)
}

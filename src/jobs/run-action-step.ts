import { Interrupted, type Interruption } from '#connections/connect-reason.ts'
import type { Whose } from '#connections/standing.ts'
import { type ReadyConnection, useConnection } from '#connections/use-connection.ts'
import type { Action } from '#connectors/connector.ts'
import { Bug, OutsideError, UserError } from '#core/errors.ts'
import type { ConnectionId } from '#core/ids.ts'
import { MAX_LEVELS, nestsTooDeep } from '#core/nests-too-deep.ts'
import { inSpan } from '#core/trace.ts'
import { isRetryable, withRetries as tryAgain } from '#core/with-retries.ts'
import { isDatabaseOutage } from '#database/is-database-outage.ts'
import { evaluateMapping } from '#recipes/expressions/evaluate-mapping.ts'
import { findConnection } from '#recipes/recipe.ts'
import type { Json } from '#recipes/scope.ts'
import type { ActionStep } from '#recipes/step.ts'
import type { JobsContext } from './context.ts'
import type { RecordedStep } from './load-step-records.ts'
import type { CredentialUse } from './record.ts'
import { type Frame, keyOf, noteStep, type Progress, placeOf, putOutput } from './run.ts'
import { errorCodeOf } from './shown-error.ts'
import { writeDown } from './write-down.ts'

/**
 * Runs one action with the one grant it may use: the invoker's where the switch is on, the parent's where it is off, never the one in
 * place of the other. Its outcome is written before the next outside effect. Asks when the person's connection cannot be used.
 */
export async function runActionStep(ctx: JobsContext, frame: Frame, step: ActionStep): Promise<Progress> {
  const before = frame.run.recorded.get(keyOf(frame, step))
  if (before?.status === 'succeeded') {
    putOutput(frame, step, before.output)
    return { kind: 'through' }
  }
  const { action, whose } = findAction(ctx, frame, step)
  const mayRepeat = action.idempotent || step.after_crash === 'run_again'
  if (before?.began && !mayRepeat) {
    noteCutOff(ctx, frame, step, before.began)
    throw outcomeUnknown(step)
  }

  const claim = { jobId: frame.run.job.id, fence: frame.run.job.fence }
  const used = await withRetries(ctx, true, () => useConnection(ctx, whose, claim))
  if (used.kind === 'fence_lost') return stopHere(ctx, frame)
  if (used.kind === 'connect') return cannotUse(frame, step, whose, used)
  if (used.kind === 'parent_unusable') throw parentUnusable(used)
  const input = parseInput(action, step, await evaluateMapping(ctx, step.input, placeOf(frame, step, 'input')))
  const acting = { frame, step, action, whose, mayRepeat, input, connection: used.connection }
  return (await begin(ctx, acting)) ? act(ctx, acting) : { kind: 'fence_lost' }
}

function findAction(ctx: JobsContext, frame: Frame, step: ActionStep): { action: Action; whose: Whose } {
  const connection = findConnection(frame.part.document, step.connection)
  const action = ctx.connectors.get(connection?.connector ?? '')?.actions.find(({ name }) => name === step.action)
  if (!connection?.connection_id || !action)
    throw new Bug(`step ${step.name} of ${frame.run.job.id} names what is not there`)
  const parentId = connection.connection_id as ConnectionId
  return { action, whose: connection.personal ? personsOwn(frame, step, parentId) : parentsOwn(parentId) }
}

const parentsOwn = (parentId: ConnectionId): Whose => ({ parentId, personId: null, recipe: null })

/** This process no longer speaks for the job; what it used until now is on record all the same. */
async function stopHere(ctx: JobsContext, { run }: Frame): Promise<Progress> {
  await writeDown(ctx, run)
  return { kind: 'fence_lost' }
}

/** The connection that a person delegated, where the call named one; otherwise the invoker's. */
function personsOwn(frame: Frame, step: ActionStep, parentId: ConnectionId): Whose {
  const delegated = frame.delegated.get(step.connection)
  if (delegated) return { parentId, personId: delegated.personId, recipe: delegated.use }
  const { person } = frame.run.job
  if (person) return { parentId, personId: person.id, recipe: frame.run.use }
  throw new UserError(
    'person_needed',
    `This step uses the connection of the person who runs it, and nobody does: name one for “${step.connection}” where “${frame.part.name}” is called.`,
  )
}

/** Whose connection it is, is asked: whoever runs the job, or who delegated it. */
function cannotUse(
  frame: Frame,
  step: ActionStep,
  { parentId }: Whose,
  interruption: Extract<Interruption, { kind: 'connect' }>,
): Progress {
  const delegated = frame.delegated.get(step.connection)
  return { kind: 'must_ask', step: keyOf(frame, step), parentId, interruption, delegated }
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
async function begin(ctx: JobsContext, { frame, step, input, mayRepeat, connection }: Acting): Promise<boolean> {
  const { run } = frame
  const stepsBefore = run.unwritten.steps.size
  if (!mayRepeat) {
    const { connectionId, accountLabel } = connection
    const use = { connectionId, accountLabel, requests: 0, httpStatus: null, outcome: 'began' }
    noteStep(frame, step, { status: 'began', input, use, startedAt: ctx.clock(), finishedAt: null })
  }
  const written = await writeDown(ctx, run)
  if (written && stepsBefore > 0) ctx.checkpoint('step recorded')
  if (written && !mayRepeat) ctx.checkpoint('step begun')
  return written
}

interface Acting {
  frame: Frame
  step: ActionStep
  action: Action
  whose: Whose
  mayRepeat: boolean
  input: unknown
  connection: ReadyConnection
}

async function act(ctx: JobsContext, acting: Acting): Promise<Progress> {
  const { frame, step, action, connection, input } = acting
  const connector = findConnection(frame.part.document, step.connection)?.connector ?? ''
  const startedAt = ctx.clock()
  const { connectionId, request, settings } = connection
  const call = { input, request, settings, idempotencyKey: `${frame.run.job.id}/${frame.effectPrefix}${step.name}` }
  const name = `connectors/${connector}/actions/${action.name}`
  const hop = { name, connector, action: action.name, connection: connectionId }
  const attempt = () => inSpan(ctx, hop, () => action.run(call))
  try {
    const output = readOutput(action, await withRetries(ctx, acting.mayRepeat, attempt))
    const interruption = connection.interruption()
    if (interruption) throw new Interrupted(interruption)
    ctx.checkpoint('step done but not recorded')
    putOutput(frame, step, output)
    noteStep(frame, step, { input, startedAt, ...ended(ctx, connection, 'succeeded'), status: 'succeeded', output })
    return { kind: 'through' }
  } catch (error) {
    const interruption = connection.interruption()
    if (interruption) return afterInterruption(ctx, { ...acting, startedAt, interruption })
    const failure = mayHaveHadEffect(ctx, acting, error) ? outcomeUnknown(step, error) : error
    noteStep(frame, step, { input, startedAt, ...ended(ctx, connection, errorCodeOf(failure)), status: 'failed' })
    throw failure
  }
}

function readOutput(action: Action, yielded: unknown): Json {
  const output = action.output.parse(yielded) as Json
  if (!nestsTooDeep(output)) return output
  const message = `“${action.label}” was answered with what nests more than ${MAX_LEVELS} levels.`
  throw new OutsideError('outside_malformed', message, { retryable: false })
}

/** Whether nobody knows what a step that must not repeat did: nothing was answered, or what cannot be read. */
function mayHaveHadEffect(ctx: JobsContext, { frame, mayRepeat, connection }: Acting, error: unknown): boolean {
  const { accepted, unanswered } = connection.usage
  if (mayRepeat || unanswered + accepted === 0 || isDatabaseOutage(error)) return false
  const code = errorCodeOf(error)
  if (code === 'bug') ctx.log.error({ err: error, job: frame.run.job.id }, 'a step failed by a fault of ours')
  return unanswered > 0 || code === 'bug' || code === 'outside_malformed'
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

interface CutOff extends Acting {
  startedAt: Date
  interruption: Interruption
}

/** The connection, or the job, was cut off while the action ran. What it may have done already must not be done twice. */
async function afterInterruption(ctx: JobsContext, cutOff: CutOff): Promise<Progress> {
  const { frame, step, mayRepeat, whose, connection, input, startedAt, interruption } = cutOff
  const note = (status: 'failed' | 'interrupted', outcome: string) =>
    noteStep(frame, step, { input, startedAt, ...ended(ctx, connection, outcome), status })
  if (interruption.kind === 'fence_lost') {
    note('interrupted', 'interrupted')
    return stopHere(ctx, frame)
  }
  if (interruption.kind === 'parent_unusable') {
    note('failed', interruption.code)
    throw parentUnusable(interruption)
  }
  if (connection.usage.accepted > 0 && !mayRepeat) {
    note('failed', 'outcome_unknown')
    throw outcomeUnknown(step)
  }
  // Nothing that was accepted has had an effect: it begins again after the person connected.
  note('interrupted', 'interrupted')
  return cannotUse(frame, step, whose, interruption)
}

/** A crash came between the beginning of a step and its end. Its credential may have been used, so that is on record too. */
function noteCutOff(ctx: JobsContext, frame: Frame, step: ActionStep, began: NonNullable<RecordedStep['began']>): void {
  const { connectionId, accountLabel, input } = began
  const use = { requests: 0, httpStatus: null, outcome: 'outcome_unknown' }
  noteStep(frame, step, {
    status: 'failed',
    input,
    startedAt: began.startedAt ?? ctx.clock(),
    finishedAt: ctx.clock(),
    ...(connectionId && { use: { ...use, connectionId, accountLabel } }),
  })
}

function outcomeUnknown(step: ActionStep, cause?: unknown): UserError {
  const why =
    cause instanceof OutsideError ? cause.message : WHY_UNKNOWN[cause === undefined ? 'cut off' : 'unreadable']
  const message = `${why} So it is not known whether it took effect. Look at the application, then run the recipe again if need be.`
  return new UserError('outcome_unknown', message, { details: { step: step.name }, cause })
}

const WHY_UNKNOWN = {
  'cut off': 'Behalf was cut off while this step ran.',
  unreadable: 'Behalf could not read what the application answered.',
}

/** Tries again what may be repeated, when the application says, or seems, to be busy or down for a moment. */
function withRetries<T>(ctx: JobsContext, mayRepeat: boolean, attempt: () => Promise<T>): Promise<T> {
  return tryAgain(mayRepeat ? ctx.retryDelaysMs : [], isRetryable, attempt)
}

import { UserError } from '#core/errors.ts'
import { type JobId, newId, type RecipeId } from '#core/ids.ts'
import { inSpan } from '#core/trace.ts'
import type { Origin } from '#jobs/context.ts'
import { deliverOutbox } from '#jobs/deliver-outbox.ts'
import { type Invocation, type Invoked, invoke } from '#jobs/invoke.ts'
import { invokeAndWait } from '#jobs/invoke-and-wait.ts'
import type { JobAnswer } from '#jobs/read-job-answer.ts'
import { watchJob } from '#jobs/watch-job.ts'
import { type Actor, requirePrivilege, workspaceOf } from '#people/actor.ts'
import { delegationsNeeded } from '#recipes/delegations-needed.ts'
import { loadRecipe } from '#recipes/load-recipe.ts'
import { loadProgram, type Program } from '#recipes/program.ts'
import { readTriggerInput } from '#recipes/read-trigger-input.ts'
import { mayRun } from '#recipes/runnable-recipes.ts'
import type { RecipeWithDocument } from '#recipes/stored-recipe.ts'
import { isPrivate } from '#recipes/switch.ts'
import { findWebhook } from '#recipes/webhooks.ts'
import type { CommandsContext } from '../context.ts'
import { actAs } from '../external/act-as.ts'
import { type ReturnWanted, readReturn } from '../external/connect-external.ts'
import { runScheduleNow } from './run-schedule.ts'

export interface RunWanted {
  recipeId: RecipeId
  /** What was given for the trigger's parameters, not checked yet. */
  input: Record<string, unknown>
  origin: Origin
  /** The same for every repetition of one delivery: an idempotency key, a message's id. Null: every call is a new job. */
  deliveryKey: string | null
  /** As which person of the product a key of its namespace runs it, and where their browser is sent should they be asked. */
  external?: (ReturnWanted & { externalId: string }) | undefined
  /** How long the caller waits on an open connection; 0 answers at once. */
  waitMs: number
  /** Of the job that it repeats. */
  within?: Invocation['within']
}

/**
 * Runs a recipe as the person who asks; with a key of a namespace, as the person of its product who is named; with any other API key as
 * nobody, which only a recipe whose switch is off allows. Answers when the job has ended, waits for its person, or the time is over:
 * `settled` tells.
 */
export function runRecipe(
  ctx: CommandsContext,
  caller: Actor,
  wanted: RunWanted,
): Promise<Invoked & { settled: boolean }> {
  return inSpan(ctx, { name: 'commands/run-recipe', recipe: wanted.recipeId }, () => run(ctx, caller, wanted))
}

async function run(ctx: CommandsContext, caller: Actor, wanted: RunWanted): Promise<Invoked & { settled: boolean }> {
  requirePrivilege(caller, 'recipes.run')
  const actor = await runningAs(ctx, caller, wanted)
  const recipe = await loadRecipe(ctx.db, { workspaceId: workspaceOf(actor), recipeId: wanted.recipeId })
  const program = await loadProgram(ctx.db, recipe)
  const { trigger } = recipe.document
  if (trigger.kind === 'schedule') {
    requireStarted(recipe)
    const delivery = { source: deliverySource(actor, { surface: 'schedule', address: {} }), key: wanted.deliveryKey }
    return runScheduleNow(ctx, actor, { ...wanted, program, delivery, timeZone: trigger.time_zone })
  }
  await requireMayRun(ctx, actor, recipe, program)
  const person = actor.kind === 'person' ? actor.person : null
  const input = readTriggerInput(trigger, wanted.input)
  const delivery = {
    source: deliverySource(actor, wanted.origin),
    key: wanted.deliveryKey,
    request: input,
  }
  const watched = wanted.waitMs > 0
  const origin = await originOf(ctx, caller, wanted, program)
  const { workspaceId } = recipe
  const { within } = wanted
  const invocation = { id: newId('job'), program, workspaceId, person, origin, input, delivery, watched, within }
  const invoked = await invoke(ctx, invocation)
  return { ...invoked, settled: await afterInvoking(ctx, invoked, wanted.waitMs) }
}

/** A key of a namespace acts as people of its product and as nobody else: which, it must say. */
async function runningAs(ctx: CommandsContext, actor: Actor, { external }: RunWanted): Promise<Actor> {
  if (external) return actAs(ctx, actor, external.externalId)
  if (actor.kind !== 'api_key' || actor.namespaceId === null) return actor
  throw new UserError('external_id_needed', 'Say as whom it runs: give the external_id of one of your people.', {
    status: 422,
  })
}

/** Where somebody who may be asked to connect comes back to is made sure of before anything runs. */
async function originOf(
  ctx: CommandsContext,
  actor: Actor,
  { external, origin }: RunWanted,
  program: Program,
): Promise<Origin> {
  if (!external || !isPrivate(program)) return origin
  return { ...origin, address: { ...origin.address, external: await readReturn(ctx, actor, external) } }
}

async function requireMayRun(
  ctx: CommandsContext,
  actor: Actor,
  recipe: RecipeWithDocument,
  program: Program,
): Promise<void> {
  if (actor.kind === 'person' && !(await mayRun(ctx.db, { personId: actor.person.id, recipeId: recipe.id })))
    throw new UserError('recipe_not_shared', 'This recipe is not shared with you. Ask its builder.', { status: 403 })
  if (actor.kind !== 'person' && isPrivate(program))
    throw new UserError(
      'api_key_has_no_person',
      'This recipe runs as the person who runs it, and this API key is nobody. Run it as a signed-in person, or by a key of a namespace with external_id.',
      { status: 403 },
    )
  requireStarted(recipe)
}

/** Refuses `recipe_stopped` (409), with the reason where it has one. */
export function requireStarted(recipe: RecipeWithDocument): void {
  if (recipe.status !== 'started')
    throw new UserError(
      'recipe_stopped',
      `“${recipe.name}” is stopped${recipe.stoppedReason ? `: ${recipe.stoppedReason}` : '.'} Ask its builder to start it.`,
      { status: 409 },
    )
}

function deliverySource(actor: Actor, origin: Origin): string {
  return actor.kind === 'api_key'
    ? actor.id
    : `${origin.surface}/${actor.kind === 'person' ? actor.person.id : 'system'}`
}

async function afterInvoking(ctx: CommandsContext, invoked: Invoked, waitMs: number): Promise<boolean> {
  if (invoked.connectUrl !== null) await deliverOutbox(ctx)
  return waitMs > 0 ? watchJob(ctx, invoked.jobId, waitMs) : false
}

export interface WebhookCall {
  recipeId: string
  secret: string
  body: unknown
  headers: Record<string, string>
  query: Record<string, string | string[]>
  idempotencyKey: string | null
}

const WEBHOOK_WAIT_MS = 30_000

export interface WebhookAnswer {
  jobId: JobId
  repeated: boolean
  /** It waits for somebody to delegate a connection it names, or to connect that again. */
  awaitsDelegator: boolean
  /** How the job ended; null when the recipe answers at once, or the job takes longer than 30 seconds. */
  answer: JobAnswer | null
}

/** Runs a webhook's recipe, as nobody. Undefined when no started recipe has this address. */
export async function receiveWebhook(ctx: CommandsContext, call: WebhookCall): Promise<WebhookAnswer | undefined> {
  const recipe = await findWebhook(ctx.db, call)
  if (recipe?.document.trigger.kind !== 'webhook') return undefined
  const { respond } = recipe.document.trigger
  const hop = { name: 'commands/run-recipe', recipe: recipe.id }
  return inSpan(ctx, hop, () => runByWebhook(ctx, recipe, { ...call, respond }))
}

async function runByWebhook(
  ctx: CommandsContext,
  recipe: RecipeWithDocument,
  { body, headers, query, idempotencyKey, respond }: WebhookCall & { respond: 'at_once' | 'when_done' },
): Promise<WebhookAnswer> {
  const program = await loadProgram(ctx.db, recipe)
  const invocation = {
    program,
    workspaceId: recipe.workspaceId,
    person: null,
    origin: { surface: 'webhook', address: {} },
    input: { body, headers, query } as Invocation['input'],
    delivery: { source: `webhook/${recipe.id}`, key: idempotencyKey, request: [body, query] },
  }
  // why: what is done with a delegated connection is for its person alone, and a function may name one since this was started.
  if (respond === 'when_done' && delegationsNeeded(program).length === 0) {
    const { invoked, answer } = await invokeAndWait(ctx, invocation, WEBHOOK_WAIT_MS)
    return { jobId: invoked.jobId, repeated: invoked.repeated, awaitsDelegator: false, answer }
  }
  const invoked = await invoke(ctx, { ...invocation, id: newId('job'), watched: false })
  const { jobId, repeated, awaitsDelegator = false } = invoked
  return { jobId, repeated, awaitsDelegator, answer: null }
}

import { whatOpens } from '#connections/sealing/what-opens.ts'
import { Bug, UserError } from '#core/errors.ts'
import { type JobId, newId } from '#core/ids.ts'
import { findDelegator } from '#jobs/find-delegated.ts'
import { type Invocation, type Invoked, invoke } from '#jobs/invoke.ts'
import { findJob, type SealedJob } from '#jobs/read-job.ts'
import { type Actor, hasPrivilege, requirePrivilege, workspaceOf } from '#people/actor.ts'
import { recordAudit } from '#people/audit.ts'
import { loadRecipe } from '#recipes/load-recipe.ts'
import { loadProgram } from '#recipes/program.ts'
import { readTriggerInput } from '#recipes/read-trigger-input.ts'
import type { Trigger } from '#recipes/recipe.ts'
import type { Json } from '#recipes/scope.ts'
import type { CommandsContext } from '../context.ts'
import { actAsNamed } from '../external/act-as.ts'
import { recordRefusal } from '../record-refusal.ts'
import { requireStarted, runRecipe } from './run-recipe.ts'
import { isOwner, loadVisibleJob, ownerOf, requireEnded } from './whose-job.ts'

export interface RerunWanted {
  id: JobId
  /** By a key of a namespace: whose job it is. */
  externalId?: string | undefined
  /** The same again answers with the first rerun of this job. */
  deliveryKey: string | null
}

type Input = Record<string, unknown>

/**
 * Runs the latest version of a job's recipe with the same input, as a new job, everything checked again. One that has a person: they alone, and
 * whose delegated connection it used: they alone (`rerun_by_its_person`, 403). One that is nobody's: with Run and Edit recipes. Refuses
 * `job_not_ended`, `job_input_gone` and `rerun_trigger_changed` (409).
 */
export async function rerunJob(ctx: CommandsContext, caller: Actor, wanted: RerunWanted): Promise<Invoked> {
  const actor = await actAsNamed(ctx, caller, wanted.externalId)
  const job = await loadRerunnable(ctx, actor, wanted.id)
  requireEnded(job)
  const input = await inputOf(job)
  const invoked = job.summary.person
    ? await rerunAsPerson(ctx, caller, { job, input, wanted })
    : await rerunAsNobody(ctx, actor, { job, input, wanted })
  if (invoked.repeated) return invoked
  const details = { recipe: job.summary.recipeName, rerun_of: wanted.id }
  await recordAudit(ctx.db, actor, { action: 'job.rerun', targetId: invoked.jobId, details })
  return invoked
}

async function loadRerunnable(ctx: CommandsContext, actor: Actor, id: JobId): Promise<SealedJob> {
  const job = await findJob(ctx, workspaceOf(actor), id)
  if (job && isOwner(actor, job)) return job
  const runsAndEdits = hasPrivilege(actor, 'recipes.run') && hasPrivilege(actor, 'recipes.edit')
  if (job && !ownerOf(job) && runsAndEdits) return job
  const owner = ownerOf(await loadVisibleJob(ctx, actor, id))
  if (owner) throw await refused(ctx, actor, id, owner.name)
  requirePrivilege(actor, 'recipes.run', 'recipes.edit')
  throw new Bug(`job ${id} was refused to somebody who may run it again`)
}

async function inputOf(job: SealedJob): Promise<Input> {
  const input = await whatOpens(() => job.openInput())
  if (input) return input
  const message = 'What this job was given is not kept any more, or cannot be opened. Run the recipe anew.'
  throw new UserError('job_input_gone', message, { status: 409 })
}

interface Rerun {
  job: SealedJob
  input: Input
  wanted: RerunWanted
}

function rerunAsPerson(ctx: CommandsContext, caller: Actor, { job, input, wanted }: Rerun): Promise<Invoked> {
  const { id, externalId, deliveryKey } = wanted
  return runRecipe(ctx, caller, {
    recipeId: job.summary.recipeId,
    input,
    origin: { surface: 'api', address: {} },
    deliveryKey: deliveryKey && `rerun of ${id}: ${deliveryKey}`,
    external: externalId === undefined ? undefined : { externalId },
    waitMs: 0,
    within: keptOf(job),
  })
}

/** By the way it came; whoever runs it again does not get to see what it was given by that. */
async function rerunAsNobody(ctx: CommandsContext, actor: Actor, { job, input, wanted }: Rerun): Promise<Invoked> {
  const { recipeId, surface } = job.summary
  const workspaceId = workspaceOf(actor)
  const recipe = await loadRecipe(ctx.db, { workspaceId, recipeId })
  requireStarted(recipe)
  const program = await loadProgram(ctx.db, recipe)
  // why: what the recipe has come to since may use the connection of somebody who did not start this.
  const delegator = await findDelegator(ctx, { program, person: null, workspaceId })
  if (delegator !== null && !(actor.kind === 'person' && actor.person.id === delegator))
    throw await refused(ctx, actor, wanted.id)
  const by = actor.kind === 'person' ? actor.person.id : actor.kind === 'api_key' ? actor.id : actor.kind
  return invoke(ctx, {
    id: newId('job'),
    program,
    workspaceId,
    person: null,
    origin: { surface, address: {} },
    input: readAgain(recipe.document.trigger, surface, input),
    delivery: { source: `rerun/${by}`, key: wanted.deliveryKey, request: [wanted.id, input] },
    watched: false,
    within: keptOf(job),
  })
}

/** Whatever the recipe has come to since, its input stays as private as it was. */
const keptOf = ({ summary, masked }: SealedJob): Invocation['within'] => ({
  private: summary.private,
  masked,
  delegatorId: summary.delegator?.id ?? null,
})

function readAgain(trigger: Trigger, surface: string, input: Input): Json {
  if (trigger.kind === surface) return input as Json
  if (trigger.kind === 'function' || (surface === 'api' && trigger.kind !== 'webhook' && trigger.kind !== 'schedule'))
    return readTriggerInput(trigger, input)
  const message = 'The recipe is set off in another way by now, and what this job was given does not fit it.'
  throw new UserError('rerun_trigger_changed', message, { status: 409 })
}

async function refused(ctx: CommandsContext, actor: Actor, id: JobId, name = 'Its person'): Promise<UserError> {
  const code = 'rerun_by_its_person'
  await recordRefusal(ctx, actor, { what: `rerun of ${id}`, code, missing: null })
  return new UserError(code, `${name} alone can run this job again: ask them to.`, { status: 403 })
}

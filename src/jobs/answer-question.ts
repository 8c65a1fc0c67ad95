import { sql } from 'kysely'
import type { DataKey } from '#connections/sealing/data-keys.ts'
import { UserError } from '#core/errors.ts'
import type { JobId, PersonId } from '#core/ids.ts'
import { inSpan } from '#core/trace.ts'
import type { Db } from '#database/db.ts'
import { findMeant } from '#recipes/find-meant.ts'
import { readInput } from '#recipes/read-input.ts'
import type { AskStep, Parameter } from '#recipes/step.ts'
import type { AskOutput } from '#recipes/step-outputs.ts'
import type { JobsContext } from './context.ts'
import { shapeOf } from './data-shape.ts'
import { RUN_JOB } from './queue-names.ts'
import { refuseWhileStopped } from './refuse-while-stopped.ts'
import { openOptional, stepPlace } from './seal-job-data.ts'

/** What a job waits to be told by its person. */
export interface OpenQuestion {
  jobId: JobId
  /** The step's key, which an answer names. */
  step: string
  text: string
  /** One of both is there. */
  choices: NonNullable<AskStep['choices']> | null
  form: Parameter[] | null
  expiresAt: Date
}

/** What a person answers: one of the choices, or the fields of a form, by name. */
export interface Answer {
  /** By its value, else by its label. */
  choice?: string | undefined
  /** In words, by whoever was shown the labels: by its label, else by its value. */
  said?: string | undefined
  values?: Record<string, unknown> | undefined
}

/** The question a job waits with; null when it waits for none. For its person alone: the caller has made sure of that. */
export async function findQuestion(
  ctx: Pick<JobsContext, 'dataKeys'>,
  db: Db,
  jobId: JobId,
): Promise<OpenQuestion | null> {
  const row = await db
    .selectFrom('waits')
    .innerJoin('jobs', 'jobs.id', 'waits.job_id')
    .innerJoin('job_steps', (join) =>
      join.onRef('job_steps.job_id', '=', 'waits.job_id').onRef('job_steps.step', '=', 'waits.key'),
    )
    .select(['waits.key', 'waits.expires_at', 'jobs.data_key_id', 'job_steps.sealed_input'])
    .where('waits.job_id', '=', jobId)
    .where('waits.kind', '=', sql.lit('answer' as const))
    .executeTakeFirst()
  if (!row) return null
  const key = await ctx.dataKeys.load(row.data_key_id)
  const asked = openOptional<Pick<AskStep, 'text' | 'choices' | 'form'>>(
    key,
    stepPlace(jobId, row.key, 'input'),
    row.sealed_input,
  )
  const { text = '', choices = null, form = null } = asked ?? {}
  return { jobId, step: row.key, text, choices, form, expiresAt: row.expires_at }
}

/** The job of this person's that asked them last where such jobs come from, and still waits. */
export async function findAskingJob(
  db: Db,
  { personId, surface }: { personId: PersonId; surface: string },
): Promise<JobId | undefined> {
  const row = await db
    .selectFrom('jobs')
    .innerJoin('waits', 'waits.job_id', 'jobs.id')
    .innerJoin('job_steps', (join) =>
      join.onRef('job_steps.job_id', '=', 'waits.job_id').onRef('job_steps.step', '=', 'waits.key'),
    )
    .select('jobs.id')
    .where('jobs.person_id', '=', personId)
    .where('jobs.surface', '=', surface)
    .where('jobs.status', '=', 'waiting_for_answer')
    .where('waits.kind', '=', sql.lit('answer' as const))
    .orderBy('job_steps.started_at', 'desc')
    .executeTakeFirst()
  return row?.id
}

/**
 * Answers the question a job waits with, and lets it go on; once, on any machine. Throws `answer_invalid` (422) for what was not asked, and
 * `not_waiting_for_answer` (409) when it waits no more; while its recipe, or a function of it, is stopped, `recipe_stopped` or
 * `function_stopped` (409): it goes on waiting.
 */
export async function answerQuestion(ctx: JobsContext, question: OpenQuestion, answer: Answer): Promise<void> {
  const output = readAnswer(question, answer)
  const { jobId, step } = question
  const isTaken = await ctx.db.transaction().execute(async (tx) => {
    const goesOn = await goOnWith(ctx, tx, { jobId, step, output })
    if (goesOn) await refuseWhileStopped(tx, jobId)
    return goesOn
  })
  if (!isTaken)
    throw new UserError('not_waiting_for_answer', 'This question has been answered, or its time is over.', {
      status: 409,
    })
}

function readAnswer({ choices, form }: OpenQuestion, { choice, said, values }: Answer): AskOutput {
  if (form && choice === undefined) return { answered: true, values: readInput(form, values ?? {}) }
  const chosen = findChoice(choices ?? [], { choice, said })
  if (chosen) return { answered: true, choice: chosen.value }
  const labels = choices?.map(({ label }) => label).join(', ')
  const message = form ? 'Answer with values: it asks for the fields of a form.' : `Answer with one of: ${labels}.`
  throw new UserError('answer_invalid', message, {
    status: 422,
    details: labels === undefined ? {} : { choices: labels },
  })
}

/** One choice's label may be another's value: whoever writes knows the one or the other. */
function findChoice(choices: NonNullable<AskStep['choices']>, { choice = '', said }: Pick<Answer, 'choice' | 'said'>) {
  const byLabel = (words: string) => findMeant(choices, words, ({ label }) => label)
  const byValue = (words: string) => findMeant(choices, words, ({ value }) => value)
  if (said !== undefined) return byLabel(said) ?? byValue(said)
  return choices.find(({ value }) => value === choice) ?? byLabel(choice) ?? byValue(choice)
}

/** Puts an answer on record and its job back into the queue, in the caller's transaction; false when it does not wait for it any more. */
export async function goOnWith(
  ctx: Pick<JobsContext, 'dataKeys' | 'clock' | 'tracer'>,
  tx: Db,
  { jobId, step, output }: { jobId: JobId; step: string; output: AskOutput },
): Promise<boolean> {
  const job = await tx
    .selectFrom('jobs')
    .select(['status', 'data_key_id', 'traceparent'])
    .where('id', '=', jobId)
    .forUpdate()
    .executeTakeFirst()
  if (job?.status !== 'waiting_for_answer') return false
  const wait = await tx
    .deleteFrom('waits')
    .where('job_id', '=', jobId)
    .where('kind', '=', 'answer')
    .where('key', '=', step)
    .executeTakeFirst()
  if (wait.numDeletedRows === 0n) return false
  await inSpan(ctx, { name: 'jobs/continue', job: jobId, parent: job.traceparent }, async () => {
    await putOutput(tx, await ctx.dataKeys.load(job.data_key_id), { jobId, step, output, now: ctx.clock() })
    await tx.updateTable('jobs').set({ status: 'queued', waited: true }).where('id', '=', jobId).execute()
    await sql`select graphile_worker.add_job(${RUN_JOB}, json_build_object('id', ${jobId}::text))`.execute(tx)
  })
  return true
}

interface Answered {
  jobId: JobId
  step: string
  output: AskOutput
  now: Date
}

async function putOutput(tx: Db, key: DataKey, { jobId, step, output, now }: Answered): Promise<void> {
  const shape = JSON.stringify(shapeOf(output))
  await tx
    .updateTable('job_steps')
    .set({
      status: 'succeeded',
      finished_at: now,
      sealed_output: key.seal(stepPlace(jobId, step, 'output'), output),
      input_shape: sql`jsonb_set(input_shape, '{output}', ${shape}::jsonb)`,
    })
    .where('job_id', '=', jobId)
    .where('step', '=', step)
    .execute()
}

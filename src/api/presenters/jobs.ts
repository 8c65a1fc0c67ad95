import type { z } from 'zod'
import type { JobSummary as KeptSummary, ViewedJob } from '#commands/jobs/view-jobs.ts'
import type { JobBody, JobData, JobStep, JobSummary } from '../jobs-contract.ts'
import { instant } from './instant.ts'

export function presentJobSummary(job: KeptSummary): z.infer<typeof JobSummary> {
  return {
    id: job.id,
    recipe: { id: job.recipeId, name: job.recipeName },
    recipe_version: job.recipeVersion,
    person: job.person,
    delegator: job.delegator,
    status: job.status,
    private: job.private,
    shared_until: instant(job.sharedUntil),
    surface: job.surface,
    error_code: job.errorCode,
    created_at: job.createdAt.toISOString(),
    not_before: instant(job.notBefore),
    started_at: instant(job.startedAt),
    finished_at: instant(job.finishedAt),
  }
}

/** A job as its viewer may see it: where the data is not for them, its shape stands in its place. */
export function presentJob(job: ViewedJob): z.infer<typeof JobBody> {
  const { summary, data, shapes } = job
  const hasResult = summary.finishedAt !== null && summary.status === 'succeeded'
  const present = (value: unknown, shape: unknown) => (job.masked ? MASKED : presentData(job, value, shape))
  return {
    ...presentJobSummary(summary),
    input: present(data?.input, shapes.input),
    result: hasResult ? (data?.result?.masked ? MASKED : present(data?.result, null)) : null,
    error: summary.errorCode === null ? null : present(data?.error, null),
    waits: job.waits.map(({ connectionId, connectionName, expiresAt }) => ({
      connection_id: connectionId,
      connection_name: connectionName,
      expires_at: expiresAt.toISOString(),
    })),
    question: job.question && presentQuestion(job.question),
    steps: job.steps.map((step) => presentStep(job, step)),
  }
}

function presentQuestion({ step, text, choices, form, expiresAt }: NonNullable<ViewedJob['question']>) {
  return { step, text, choices, form, expires_at: expiresAt.toISOString() }
}

function presentStep(job: ViewedJob, step: ViewedJob['steps'][number]): z.infer<typeof JobStep> {
  const data = job.data?.steps.get(step.step)
  const present = (value: unknown, shape: unknown) => (step.masked ? MASKED : presentData(job, value, shape))
  return {
    step: step.step,
    kind: step.kind ?? (step.action === null ? 'step' : 'action'),
    status: step.status,
    action: step.action,
    connection: step.connection && {
      id: step.connection.id,
      name: step.connection.name,
      personal: step.connection.personal,
      account_label: step.connection.accountLabel,
    },
    http_status: step.httpStatus,
    error_code: step.errorCode,
    error: step.errorCode === null ? null : present(data?.error, null),
    input: present(data?.input, step.shapes.input),
    output: present(data?.output, step.shapes.output),
    started_at: instant(step.startedAt),
    finished_at: instant(step.finishedAt),
  }
}

/** Null where there is none; `shape` is null where none is kept, as of results and errors. */
function presentData(job: ViewedJob, value: unknown, shape: unknown): z.infer<typeof JobData> | null {
  if (job.data !== null) return value === null || value === undefined ? null : { kind: 'shown', value }
  return shape === NO_DATA ? null : { kind: 'private', label: job.privateLabel, shape }
}

const MASKED = { kind: 'private' as const, label: '[masked by the recipe]', shape: null }

/** The shape of what is not there. */
const NO_DATA = 'nothing'

import { z } from '@hono/zod-openapi'

const Instant = z.string().meta({ format: 'date-time' })

export const JobStatus = z.enum([
  'waiting_for_connection',
  'waiting_for_answer',
  'queued',
  'running',
  'succeeded',
  'failed',
  'cancelled',
  'expired',
])

/** `{ kind: 'shown', value }`, or the shape alone when the data is private to a person. */
export const JobData = z
  .union([
    z.object({ kind: z.literal('shown'), value: z.unknown() }),
    z.object({ kind: z.literal('private'), label: z.string(), shape: z.unknown() }),
  ])
  .openapi('JobData')

export const JobSummary = z
  .object({
    id: z.string(),
    recipe: z.object({ id: z.string(), name: z.string() }),
    recipe_version: z.number(),
    person: z.object({ id: z.string(), name: z.string() }).nullable(),
    /** Whose delegated connection it uses, in the place of a person. */
    delegator: z.object({ id: z.string(), name: z.string() }).nullable(),
    status: JobStatus,
    private: z.boolean(),
    /** Until when its person lets whoever may view job data see this job's; null when they do not. */
    shared_until: Instant.nullable(),
    surface: z.string(),
    error_code: z.string().nullable(),
    created_at: Instant,
    /** When a queued job is tried again. */
    not_before: Instant.nullable(),
    started_at: Instant.nullable(),
    finished_at: Instant.nullable(),
  })
  .openapi('JobSummary')

export const JobStep = z
  .object({
    step: z.string(),
    kind: z.string(),
    status: z.enum(['began', 'succeeded', 'failed', 'interrupted']),
    action: z.string().nullable(),
    connection: z
      .object({ id: z.string(), name: z.string(), personal: z.boolean(), account_label: z.string().nullable() })
      .nullable(),
    http_status: z.number().nullable(),
    error_code: z.string().nullable(),
    error: JobData.nullable(),
    input: JobData.nullable(),
    output: JobData.nullable(),
    started_at: Instant.nullable(),
    finished_at: Instant.nullable(),
  })
  .openapi('JobStep')

/** A field to fill in. */
const JobParameter = z.object({
  name: z.string(),
  label: z.string().optional(),
  type: z.enum(['text', 'number', 'boolean', 'choice']),
  hint: z.string().optional(),
  required: z.boolean(),
  choices: z.array(z.string()).optional(),
})

export const JobBody = JobSummary.extend({
  input: JobData.nullable(),
  result: JobData.nullable(),
  error: JobData.nullable(),
  /** What it waits for, by application. */
  waits: z.array(z.object({ connection_id: z.string(), connection_name: z.string(), expires_at: Instant })),
  /** What it asks its person, who alone sees it; with choices or a form. */
  question: z
    .object({
      step: z.string(),
      text: z.string(),
      choices: z.array(z.object({ label: z.string(), value: z.string() })).nullable(),
      form: z.array(JobParameter).nullable(),
      expires_at: Instant,
    })
    .nullable(),
  steps: z.array(JobStep),
}).openapi('Job')

/** An answer to what a job asks: the value of a choice, else its label, or the fields of its form. */
export const AnswerRequest = z
  .strictObject({
    /** Which question, as `question.step` of the job: an answer that is repeated does not answer the next one. */
    step: z.string().max(2000),
    choice: z.string().max(200).optional(),
    values: z.record(z.string(), z.unknown()).optional(),
  })
  .refine(({ choice, values }) => choice === undefined || values === undefined, {
    path: ['values'],
    error: 'is given beside a choice: give one of them',
  })
  .openapi('AnswerRequest')

/** A job that was run again. */
export const RerunJob = z
  .object({
    id: z.string(),
    /** Where its person connects what is missing; null when nothing is. */
    connect_url: z.string().nullable(),
  })
  .openapi('RerunJob')

export const RunRequest = z
  .strictObject({
    input: z.record(z.string(), z.unknown()).default({}),
    /** How long to wait for the end before answering 202; 0 answers at once. */
    wait_seconds: z.number().min(0).max(60).default(10),
  })
  .openapi('RunRequest')

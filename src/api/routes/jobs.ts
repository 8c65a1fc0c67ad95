import { createRoute, z } from '@hono/zod-openapi'
import type { CommandsContext } from '#commands/context.ts'
import { actAsNamed } from '#commands/external/act-as.ts'
import { answerJob } from '#commands/jobs/answer-job.ts'
import { askRerun } from '#commands/jobs/ask-rerun.ts'
import { cancelJob } from '#commands/jobs/cancel-job.ts'
import { rerunJob } from '#commands/jobs/rerun-job.ts'
import { shareJob, stopSharingJob } from '#commands/jobs/share-job.ts'
import { viewJob, viewJobs, viewJobsOf } from '#commands/jobs/view-jobs.ts'
import type { ApiApp } from '../api-env.ts'
import { AnswerRequest, JobBody, JobStatus, JobSummary, RerunJob } from '../jobs-contract.ts'
import { presentJob, presentJobSummary } from '../presenters/jobs.ts'
import {
  answers,
  answersNothing,
  answersPage,
  bodyOf,
  ExternalId,
  idOf,
  Limit,
  nextOf,
  withId,
} from '../route-parts.ts'

const tags = ['Jobs']

/** By a key of a namespace: whose job it is, which that person alone may see. */
const OfPerson = z.object({ external_id: ExternalId.optional() })

/** Jobs: that they ran, as whom, and their data only for whoever may read it. */
export function jobRoutes(ctx: CommandsContext, app: ApiApp): void {
  app.openapi(list, async (c) => {
    const { recipe_id: recipeId, person_id: personId, external_id, status, before, limit } = c.req.valid('query')
    const filter = { recipeId, personId, status, before, limit }
    const actor = c.get('actor')
    const jobs = external_id ? await viewJobsOf(ctx, actor, external_id, filter) : await viewJobs(ctx, actor, filter)
    return c.json({ data: jobs.map(presentJobSummary), next: nextOf(jobs, limit) }, 200)
  })
  app.openapi(get, async (c) => {
    const actor = await actAsNamed(ctx, c.get('actor'), c.req.valid('query').external_id)
    const job = await viewJob(ctx, actor, c.req.valid('param').id)
    return c.json({ data: presentJob(job) }, 200)
  })
  app.openapi(answer, async (c) => {
    const actor = await actAsNamed(ctx, c.get('actor'), c.req.valid('query').external_id)
    await answerJob(ctx, actor, { id: c.req.valid('param').id, ...c.req.valid('json') })
    return c.body(null, 204)
  })
  app.openapi(cancel, async (c) => {
    const actor = await actAsNamed(ctx, c.get('actor'), c.req.valid('query').external_id)
    await cancelJob(ctx, actor, c.req.valid('param').id)
    return c.body(null, 204)
  })
  app.openapi(rerun, async (c) => {
    const { jobId, connectUrl } = await rerunJob(ctx, c.get('actor'), {
      id: c.req.valid('param').id,
      externalId: c.req.valid('query').external_id,
      deliveryKey: c.req.valid('header')['idempotency-key'] ?? null,
    })
    c.header('location', new URL(`/api/jobs/${jobId}`, ctx.publicUrl).href)
    return c.json({ data: { id: jobId, connect_url: connectUrl } }, 202)
  })
  app.openapi(askToRerun, async (c) => {
    await askRerun(ctx, c.get('actor'), c.req.valid('param').id)
    return c.body(null, 204)
  })
  app.openapi(share, async (c) => {
    const actor = await actAsNamed(ctx, c.get('actor'), c.req.valid('query').external_id)
    const until = await shareJob(ctx, actor, c.req.valid('param').id)
    return c.json({ data: { shared_until: until.toISOString() } }, 200)
  })
  app.openapi(stopSharing, async (c) => {
    const actor = await actAsNamed(ctx, c.get('actor'), c.req.valid('query').external_id)
    await stopSharingJob(ctx, actor, c.req.valid('param').id)
    return c.body(null, 204)
  })
}

const list = createRoute({
  method: 'get',
  path: '/jobs',
  operationId: 'listJobs',
  summary: 'The jobs of the workspace, without their data',
  tags,
  request: {
    query: z.object({
      recipe_id: idOf('recipe').optional(),
      person_id: idOf('person').optional(),
      external_id: ExternalId.optional(),
      status: JobStatus.optional(),
      before: idOf('job').optional(),
      limit: Limit,
    }),
  },
  responses: answersPage(JobSummary, 'The newest first.'),
})

const get = createRoute({
  method: 'get',
  path: '/jobs/{id}',
  operationId: 'getJob',
  summary: 'One job with its steps: as whom, with which outside account, with what outcome',
  tags,
  request: { ...withId('job'), query: OfPerson },
  responses: answers(JobBody, 'Data that is private to a person shows as its shape.'),
})

const answer = createRoute({
  method: 'post',
  path: '/jobs/{id}/answer',
  operationId: 'answerJob',
  summary: 'Answer what a job of one’s own asks, so that it goes on',
  tags,
  request: { ...withId('job'), query: OfPerson, ...bodyOf(AnswerRequest) },
  responses: answersNothing('Answered.'),
})

const cancel = createRoute({
  method: 'post',
  path: '/jobs/{id}/cancel',
  operationId: 'cancelJob',
  summary: 'End an unfinished job at once',
  tags,
  request: { ...withId('job'), query: OfPerson },
  responses: answersNothing('Cancelled.'),
})

const rerunAnswers = answers(RerunJob, 'The new job.')

const rerun = createRoute({
  method: 'post',
  path: '/jobs/{id}/rerun',
  operationId: 'rerunJob',
  summary:
    'Run the latest version of a job’s recipe with the same input: the job’s person alone, or, of a job that is nobody’s, with Run and Edit recipes',
  tags,
  request: {
    ...withId('job'),
    query: OfPerson,
    /** The same key for the same job again answers with the first rerun. */
    headers: z.object({ 'idempotency-key': z.string().min(1).max(200).optional() }),
  },
  responses: {
    ...rerunAnswers,
    202: { ...rerunAnswers[200], description: 'The new job was recorded; `Location` names it.' },
  },
})

const askToRerun = createRoute({
  method: 'post',
  path: '/jobs/{id}/ask-rerun',
  operationId: 'askToRerunJob',
  summary: 'Ask a job’s person to run it again: they are sent a notice with a link to it',
  tags,
  request: withId('job'),
  responses: answersNothing('They were asked.'),
})

const share = createRoute({
  method: 'post',
  path: '/jobs/{id}/share',
  operationId: 'shareJob',
  summary: 'Let whoever may view job data see the data of a private job of one’s own, for 24 hours',
  tags,
  request: { ...withId('job'), query: OfPerson },
  responses: answers(z.object({ shared_until: z.string().meta({ format: 'date-time' }) }), 'Until when.'),
})

const stopSharing = createRoute({
  method: 'delete',
  path: '/jobs/{id}/share',
  operationId: 'stopSharingJob',
  summary: 'End the sharing of a job of one’s own at once',
  tags,
  request: { ...withId('job'), query: OfPerson },
  responses: answersNothing('It is not shared any more.'),
})

import { createRoute, z } from '@hono/zod-openapi'
import type { CommandsContext } from '#commands/context.ts'
import { actAs } from '#commands/external/act-as.ts'
import { runRecipe } from '#commands/jobs/run-recipe.ts'
import { viewJob } from '#commands/jobs/view-jobs.ts'
import { startRecipe, stopRecipe } from '#commands/recipes/start-recipe.ts'
import { renewWebhookAddress } from '#commands/recipes/webhook-address.ts'
import type { ApiApp } from '../api-env.ts'
import { RecipeSummary } from '../contract.ts'
import { JobBody, RunRequest } from '../jobs-contract.ts'
import { presentJob } from '../presenters/jobs.ts'
import { presentRecipeSummary } from '../presenters/recipes.ts'
import { answers, bodyOf, ExternalId, ReturnUrls, withId } from '../route-parts.ts'

const tags = ['Recipes']

/** What sets recipes going. */
export function runRoutes(ctx: CommandsContext, app: ApiApp): void {
  app.openapi(start, async (c) => {
    const recipe = await startRecipe(ctx, c.get('actor'), { recipeId: c.req.valid('param').id })
    return c.json({ data: { ...presentRecipeSummary(recipe), webhook_url: recipe.webhookUrl } }, 200)
  })
  app.openapi(stop, async (c) => {
    const recipe = await stopRecipe(ctx, c.get('actor'), { recipeId: c.req.valid('param').id })
    return c.json({ data: presentRecipeSummary(recipe) }, 200)
  })
  app.openapi(renewWebhook, async (c) => {
    const url = await renewWebhookAddress(ctx, c.get('actor'), { recipeId: c.req.valid('param').id })
    return c.json({ data: { url } }, 200)
  })
  app.openapi(run, async (c) => {
    const { input, wait_seconds, external_id: externalId, redirect_url, callback_url } = c.req.valid('json')
    const caller = c.get('actor')
    const back = { redirectUrl: redirect_url, callbackUrl: callback_url }
    const { jobId, connectUrl, settled } = await runRecipe(ctx, caller, {
      recipeId: c.req.valid('param').id,
      input,
      external: externalId === undefined ? undefined : { externalId, ...back },
      origin: { surface: 'api', address: {} },
      deliveryKey: c.req.valid('header')['idempotency-key'] ?? null,
      waitMs: wait_seconds * 1000,
    })
    const actor = externalId === undefined ? caller : await actAs(ctx, caller, externalId)
    const data = { ...presentJob(await viewJob(ctx, actor, jobId)), connect_url: connectUrl }
    c.header('location', new URL(`/api/jobs/${jobId}`, ctx.publicUrl).href)
    // why: who does not wait gets one answer, however soon the job may have ended.
    return settled && data.finished_at !== null ? c.json({ data }, 200) : c.json({ data }, 202)
  })
}

const StartedRecipe = RecipeSummary.extend({
  /** The secret address of a webhook at its first start, shown this once. */
  webhook_url: z.string().nullable(),
}).openapi('StartedRecipe')

const RunningJob = JobBody.extend({
  /** Where the person connects what is missing, in their own session or, of a product, in their browser; null when nothing is. */
  connect_url: z.string().nullable(),
}).openapi('RunningJob')

const start = createRoute({
  method: 'post',
  path: '/recipes/{id}/start',
  operationId: 'startRecipe',
  summary: 'Start a recipe, when everything about it is right',
  tags,
  request: withId('recipe'),
  responses: answers(StartedRecipe, 'The recipe.'),
})

const stop = createRoute({
  method: 'post',
  path: '/recipes/{id}/stop',
  operationId: 'stopRecipe',
  summary:
    'Stop a recipe: what runs goes on, what is queued ends, and what asks its person waits and takes no answer until it is started again',
  tags,
  request: withId('recipe'),
  responses: answers(RecipeSummary, 'The recipe.'),
})

const renewWebhook = createRoute({
  method: 'post',
  path: '/recipes/{id}/webhook',
  operationId: 'renewWebhookAddress',
  summary: 'Give a webhook recipe a new secret address; the one before stops at once',
  tags,
  request: withId('recipe'),
  responses: answers(z.object({ url: z.string() }), 'The address, shown this once.'),
})

const runAnswers = answers(RunningJob, 'The job has ended.')

const run = createRoute({
  method: 'post',
  path: '/recipes/{id}/run',
  operationId: 'runRecipe',
  summary:
    'Run a recipe as the signed-in person; by a key of a namespace as one of its people; by any other as nobody, which needs every switch to be off. One with a schedule runs now, as nobody, for whoever may run and edit recipes',
  tags,
  request: {
    ...withId('recipe'),
    ...bodyOf(
      RunRequest.extend({
        /** By a key of a namespace: as which of your people. */
        external_id: ExternalId.optional(),
        ...ReturnUrls,
      }).openapi('RunRequestWithPerson'),
    ),
    /** The same key and input again answers with the first job. */
    headers: z.object({ 'idempotency-key': z.string().min(1).max(200).optional() }),
  },
  responses: { ...runAnswers, 202: { ...runAnswers[200], description: 'The job goes on; `Location` names it.' } },
})

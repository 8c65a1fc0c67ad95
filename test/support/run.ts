import type { JobId, RecipeId } from '../../src/core/ids.ts'
import type { TestBehalf, TestPerson } from './behalf.ts'
import { until } from './until.ts'

// biome-ignore lint/suspicious/noExplicitAny: what the API answers is asserted on, field by field
type JobBody = any

/** Runs a recipe as this person by the API and answers the job's id without waiting for its end. */
export async function startJob(person: TestPerson, recipeId: string, input: object): Promise<JobId> {
  const { status, body } = await person.api('POST', `/recipes/${recipeId}/run`, { input, wait_seconds: 0 })
  if (status !== 202 && status !== 200) throw new Error(`the recipe was not run: ${JSON.stringify(body)}`)
  return body.data.id
}

/** The job as its viewer sees it, once it has this status. */
export function jobIn(viewer: TestPerson, id: string, status: string): Promise<JobBody> {
  return until(async () => {
    const { body } = await viewer.api('GET', `/jobs/${id}`)
    if (body.data?.status !== status) throw new Error(`the job is ${JSON.stringify(body.data ?? body)}`)
    return body.data
  })
}

/** The job once it has ended, however it did. */
export function jobEnded(viewer: TestPerson, id: string, timeoutMs?: number): Promise<JobBody> {
  return until(async () => {
    const { body } = await viewer.api('GET', `/jobs/${id}`)
    return body.data?.finished_at ? body.data : undefined
  }, timeoutMs)
}

/** How many jobs of these recipes ran at once at most, by when each began and ended. */
export async function mostAtOnce({ database }: TestBehalf, recipes: RecipeId[]): Promise<number> {
  const jobs = await database.db
    .selectFrom('jobs')
    .select(['started_at', 'finished_at'])
    .where('recipe_id', 'in', recipes)
    .execute()
  const ends = jobs.map(({ started_at, finished_at }) => [Number(started_at), Number(finished_at)] as const)
  return Math.max(...ends.map(([at]) => ends.filter(([from, to]) => from <= at && at < to).length))
}

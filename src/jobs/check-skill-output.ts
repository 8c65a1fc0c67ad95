import { checkAgainst } from '#recipes/json-schema.ts'
import type { ClaimedJob } from './claim-job.ts'
import type { JobResult } from './read-job-answer.ts'
import type { Finish } from './record.ts'

/** How a job ends: a skill that succeeded, and whose last reply does not fit its output schema, has failed. The message names the field. */
export function checkSkillOutput({ program }: ClaimedJob, reply: JobResult | null, finish: Finish): Finish {
  const { name, document } = program.main
  if (document.trigger.kind !== 'skill' || finish.status !== 'succeeded') return finish
  const [first] = checkAgainst(document.trigger.output, reply?.output ?? {})
  if (!first) return finish
  const message = `“${name}” did not yield what it says it does: ${first.path || 'it'} ${first.message}.`
  return { status: 'failed', error: { code: 'skill_output_invalid', message }, result: null }
}

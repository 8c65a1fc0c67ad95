import { z } from 'zod'

/** What a loop yields: how many times it ran, and what each time yielded where it says so. */
export const LoopOutput = z.strictObject({ count: z.int(), collected: z.array(z.any()).optional() })

/** What a person answered: the value of the choice they pressed, or of each field; `answered` is false when nobody did in time. */
export const AskOutput = z.strictObject({
  answered: z.boolean(),
  choice: z.string().optional(),
  values: z.record(z.string(), z.any()).optional(),
})
export type AskOutput = z.infer<typeof AskOutput>

/** What a call that is not waited for yields: which job it started. */
export const StartedOutput = z.strictObject({ job_id: z.string() })

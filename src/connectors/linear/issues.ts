import { z } from 'zod'

export const IssueKey = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9]{1,10}-\d{1,9}$/, 'the identifier of an issue, such as ENG-12')
  .meta({ title: 'Issue', description: 'Its identifier, such as ENG-12.' })

/** The fields we ask for of an issue. */
export const ISSUE_FIELDS = 'id identifier title url createdAt state { name } creator { name }'

export const AnsweredIssue = z.object({
  id: z.string(),
  identifier: z.string(),
  title: z.string(),
  url: z.string(),
  createdAt: z.string(),
  state: z.object({ name: z.string() }).nullish(),
  creator: z.object({ name: z.string() }).nullish(),
})

/** An issue as our actions give it. */
export const Issue = z.object({
  identifier: z.string(),
  title: z.string(),
  state: z.string().nullable(),
  author: z.string().nullable().meta({ description: 'The name of who created it.' }),
  url: z.string().meta({ description: 'The page of the issue.' }),
  created_at: z.string(),
})

export function toIssue(answered: z.output<typeof AnsweredIssue>): z.input<typeof Issue> {
  const { identifier, title, state, creator, url, createdAt } = answered
  return { identifier, title, state: state?.name ?? null, author: creator?.name ?? null, url, created_at: createdAt }
}

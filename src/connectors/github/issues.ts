import { z } from 'zod'

export const Repository = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,38}\/(?!\.{1,2}$)[\w.-]{1,100}$/, 'owner and name: acme/website')
  .meta({ title: 'Repository', description: 'Owner and name: acme/website.' })

/** Markdown, as long as GitHub takes it. */
export const Body = z.string().max(65_536)

const Person = z.object({ login: z.string() }).nullish()

/** What we rely on of an issue as the API gives it. */
export const AnsweredIssue = z.object({
  number: z.int(),
  title: z.string(),
  state: z.string(),
  html_url: z.string(),
  created_at: z.string(),
  user: Person,
  labels: z.array(z.union([z.string(), z.object({ name: z.string().nullish() })])).catch([]),
  /** There when it is a pull request, which the API lists among the issues. */
  pull_request: z.unknown().optional(),
})

/** An issue as our actions give it. */
export const Issue = z.object({
  number: z.int(),
  title: z.string(),
  state: z.string(),
  url: z.string().meta({ description: 'The page of the issue.' }),
  author: z.string().nullable().meta({ description: 'The login of who opened it.' }),
  labels: z.array(z.string()),
  created_at: z.string(),
})

export function toIssue(answered: z.output<typeof AnsweredIssue>): z.input<typeof Issue> {
  const { number, title, state, html_url, user, labels, created_at } = answered
  const names = labels.map((label) => (typeof label === 'string' ? label : label.name))
  return {
    number,
    title,
    state,
    url: html_url,
    author: user?.login ?? null,
    labels: names.filter((name) => typeof name === 'string'),
    created_at,
  }
}

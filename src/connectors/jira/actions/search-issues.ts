import { z } from 'zod'
import { type BoundRequest, defineAction } from '#connectors/connector.ts'
import { readAnswer } from '#core/read-answer.ts'
import { projectKey } from '../inputs.ts'
import { hasWords, jqlOf } from '../jql.ts'
import { pageOf } from '../settings.ts'

const Found = z.object({
  key: z.string(),
  fields: z.object({
    summary: z.string().nullish(),
    status: z.object({ name: z.string() }).nullish(),
    assignee: z.object({ displayName: z.string() }).nullish(),
    updated: z.string().nullish(),
  }),
})
const Page = z.object({ issues: z.array(Found), nextPageToken: z.string().nullish() })

/** At most so many come with their fields, whatever is asked for. */
const PAGE_SIZE = 100

/** https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-search/#api-rest-api-3-search-jql-post (read:jira-work) */
export const searchIssues = defineAction({
  name: 'search_issues',
  label: 'Search issues',
  description: 'Finds issues that the person can see, the last changed first.',
  consentText: 'search and read issues that you can see',
  input: z
    .strictObject({
      text: z
        .string()
        .trim()
        .max(1000)
        .refine(hasWords, 'a word to search for')
        .optional()
        .meta({ title: 'Text', description: 'Words that must all be in the issue.' }),
      project: projectKey.optional().meta({ title: 'Project', description: 'Its key: ACME. Empty: all.' }),
      status: z.enum(['any', 'open', 'done']).default('any').meta({ title: 'Status' }),
      assignee: z.enum(['anyone', 'me']).default('anyone').meta({ title: 'Assigned to' }),
      limit: z.coerce.number().int().min(1).max(500).default(20).meta({ title: 'At most' }),
    })
    // why: Jira refuses a search through everything.
    .refine(({ text, project, assignee }) => text || project || assignee === 'me', {
      path: ['text'],
      message: 'or a project, or issues assigned to me',
    })
    .meta({ examples: [{ text: 'quote', project: 'ACME', status: 'open', limit: 10 }] }),
  output: z.object({
    issues: z.array(
      z.object({
        key: z.string(),
        summary: z.string(),
        status: z.string().nullable(),
        assignee: z.string().nullable(),
        updated: z.string().nullable(),
        url: z.string(),
      }),
    ),
  }),
  recipient: null,
  idempotent: true,
  async run({ input: { limit, ...search }, request, settings }) {
    const issues = await readPages(request, jqlOf(search), limit)
    return {
      issues: issues.map(({ key, fields }) => ({
        key,
        summary: fields.summary ?? '',
        status: fields.status?.name ?? null,
        assignee: fields.assignee?.displayName ?? null,
        updated: fields.updated ?? null,
        url: pageOf(settings, key),
      })),
    }
  },
})

async function readPages(request: BoundRequest, jql: string, limit: number): Promise<z.output<typeof Found>[]> {
  const found: z.output<typeof Found>[] = []
  let nextPageToken: string | null | undefined
  do {
    const maxResults = Math.min(PAGE_SIZE, limit - found.length)
    const fields = ['summary', 'status', 'assignee', 'updated']
    const json = { jql, fields, maxResults, ...(nextPageToken && { nextPageToken }) }
    const answer = await request({ method: 'POST', url: '/search/jql', json })
    const page = readAnswer(Page, answer.json, 'Jira')
    found.push(...page.issues)
    nextPageToken = page.issues.length === 0 ? null : page.nextPageToken
  } while (nextPageToken && found.length < limit)
  return found.slice(0, limit)
}

import { z } from 'zod'
import { defineAction } from '#connectors/connector.ts'
import { AnsweredIssue, ISSUE_FIELDS, Issue, toIssue } from '../issues.ts'
import { Data, sendQuery } from '../query.ts'

const Found = Data({ issues: z.object({ nodes: z.array(AnsweredIssue) }) })

export const searchIssues = defineAction({
  name: 'search_issues',
  label: 'Search issues',
  description: 'Finds issues by words of their title, the newest first.',
  consentText: 'read issues you can see',
  input: z
    .strictObject({
      title: z.string().trim().min(1).max(200).meta({ title: 'Title', description: 'A part of it.' }),
      limit: z.int().min(1).max(100).default(20).meta({ title: 'Limit', description: 'The most issues to read.' }),
    })
    .meta({ examples: [{ title: 'form', limit: 5 }] }),
  output: z.object({ issues: z.array(Issue) }),
  recipient: null,
  idempotent: true,
  async run({ input: { title, limit }, request }) {
    const query = `query ($filter: IssueFilter, $first: Int) {
      issues(filter: $filter, first: $first) { nodes { ${ISSUE_FIELDS} } }
    }`
    const variables = { filter: { title: { containsIgnoreCase: title } }, first: limit }
    const { data } = await sendQuery(request, { query, variables, answer: Found })
    return { issues: data.issues.nodes.map(toIssue) }
  },
})

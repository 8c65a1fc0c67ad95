import { z } from 'zod'
import { defineAction } from '#connectors/connector.ts'
import { readAnswer } from '#core/read-answer.ts'
import { AnsweredIssue, Issue, Repository, toIssue } from '../issues.ts'

const Page = z.array(AnsweredIssue)
const MOST_PAGES = 10

export const listIssues = defineAction({
  name: 'list_issues',
  label: 'List issues',
  description: 'Lists issues of a repository, newest first, without pull requests.',
  consentText: 'read issues you can see',
  input: z
    .strictObject({
      repository: Repository,
      state: z.enum(['open', 'closed', 'all']).default('open').meta({ title: 'State' }),
      labels: z.array(z.string().min(1).max(50)).max(20).default([]).meta({
        title: 'Labels',
        description: 'An issue must have all of them.',
      }),
      limit: z.int().min(1).max(500).default(50).meta({ title: 'Limit', description: 'The most issues to read.' }),
    })
    .meta({ examples: [{ repository: 'acme/website', state: 'open', labels: ['bug'], limit: 10 }] }),
  output: z.object({ issues: z.array(Issue) }),
  recipient: null,
  idempotent: true,
  async run({ input: { repository, state, labels, limit }, request }) {
    const perPage = Math.min(100, Math.max(limit, 30))
    const issues: z.input<typeof Issue>[] = []
    // Pull requests are listed among the issues, so that a page can hold fewer issues than it has entries.
    for (let page = 1; page <= MOST_PAGES && issues.length < limit; page++) {
      const answer = await request({
        method: 'GET',
        url: `/repos/${repository}/issues`,
        query: { state, labels: labels.join(',') || undefined, per_page: perPage, page },
      })
      const entries = readAnswer(Page, answer.json, 'GitHub')
      issues.push(...entries.filter(({ pull_request }) => pull_request === undefined).map(toIssue))
      if (entries.length < perPage) break
    }
    return { issues: issues.slice(0, limit) }
  },
})

import { z } from 'zod'
import { defineAction } from '#connectors/connector.ts'
import { readAnswer } from '#core/read-answer.ts'
import { AnsweredIssue, Body, Issue, Repository, toIssue } from '../issues.ts'

export const createIssue = defineAction({
  name: 'create_issue',
  label: 'Create issue',
  description: 'Opens an issue in a repository.',
  consentText: 'open issues as you',
  input: z
    .strictObject({
      repository: Repository,
      title: z.string().trim().min(1).max(256).meta({ title: 'Title' }),
      body: Body.default('').meta({ title: 'Text', description: 'Markdown.' }),
      labels: z.array(z.string().min(1).max(50)).max(100).default([]).meta({
        title: 'Labels',
        description: 'GitHub leaves them out when you may not label issues there.',
      }),
    })
    .meta({
      examples: [{ repository: 'acme/website', title: 'The form is broken', body: 'Steps: …', labels: ['bug'] }],
    }),
  output: Issue,
  recipient: null,
  idempotent: false,
  async run({ input: { repository, title, body, labels }, request }) {
    const answer = await request({
      method: 'POST',
      url: `/repos/${repository}/issues`,
      json: { title, body, ...(labels.length > 0 && { labels }) },
    })
    return toIssue(readAnswer(AnsweredIssue, answer.json, 'GitHub'))
  },
})

import { z } from 'zod'
import { defineAction } from '#connectors/connector.ts'
import { readAnswer } from '#core/read-answer.ts'
import { Body, Repository } from '../issues.ts'

const Comment = z.object({
  id: z.int(),
  html_url: z.string(),
  user: z.object({ login: z.string() }).nullish(),
})

export const commentOnIssue = defineAction({
  name: 'comment_on_issue',
  label: 'Comment on issue',
  description: 'Writes a comment below an issue or a pull request.',
  consentText: 'comment on issues as you',
  input: z
    .strictObject({
      repository: Repository,
      // A number typed in chat can come as text.
      number: z.coerce.number().int().positive().meta({ title: 'Issue number' }),
      body: Body.min(1).meta({ title: 'Text', description: 'Markdown.' }),
    })
    .meta({ examples: [{ repository: 'acme/website', number: 7, body: 'Seen, thank you.' }] }),
  output: z.object({
    id: z.int(),
    url: z.string().meta({ description: 'The comment on its page.' }),
    author: z.string().nullable().meta({ description: 'The login of who wrote it.' }),
  }),
  recipient: null,
  idempotent: false,
  async run({ input: { repository, number, body }, request }) {
    const answer = await request({
      method: 'POST',
      url: `/repos/${repository}/issues/${number}/comments`,
      json: { body },
    })
    const comment = readAnswer(Comment, answer.json, 'GitHub')
    return { id: comment.id, url: comment.html_url, author: comment.user?.login ?? null }
  },
})

import { z } from 'zod'
import { defineAction } from '#connectors/connector.ts'
import { IssueKey } from '../issues.ts'
import { Data, sendQuery } from '../query.ts'

const Found = Data({ issue: z.object({ id: z.string(), url: z.string() }) })
const Created = Data({ commentCreate: z.object({ success: z.literal(true), comment: z.object({ id: z.string() }) }) })

export const commentOnIssue = defineAction({
  name: 'comment_on_issue',
  label: 'Comment on issue',
  description: 'Writes a comment below an issue.',
  consentText: 'comment on issues as you',
  input: z
    .strictObject({
      issue: IssueKey,
      text: z.string().min(1).max(100_000).meta({ title: 'Text', description: 'Markdown.' }),
    })
    .meta({ examples: [{ issue: 'ENG-12', text: 'Seen, thank you.' }] }),
  output: z.object({ id: z.string(), url: z.string().meta({ description: 'The page of the issue.' }) }),
  recipient: null,
  idempotent: false,
  async run({ input: { issue: identifier, text }, request }) {
    const find = 'query ($id: String!) { issue(id: $id) { id url } }'
    const variables = { id: identifier.toUpperCase() }
    const { issue } = (await sendQuery(request, { query: find, variables, answer: Found })).data
    const query = 'mutation ($input: CommentCreateInput!) { commentCreate(input: $input) { success comment { id } } }'
    const input = { issueId: issue.id, body: text }
    const { data } = await sendQuery(request, { query, variables: { input }, answer: Created })
    return { id: data.commentCreate.comment.id, url: issue.url }
  },
})

import { z } from 'zod'
import { defineAction } from '#connectors/connector.ts'
import { readAnswer } from '#core/read-answer.ts'
import { documentOf } from '../document.ts'
import { issueKey, longText } from '../inputs.ts'
import { pageOf } from '../settings.ts'

const Added = z.object({ id: z.string() })

/** https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-comments/#api-rest-api-3-issue-issueidorkey-comment-post (write:jira-work) */
export const addComment = defineAction({
  name: 'add_comment',
  label: 'Add comment',
  description: 'Adds a comment to an issue, in plain text.',
  consentText: 'comment on issues as you',
  input: z
    .strictObject({
      issue: issueKey.meta({ title: 'Issue', description: 'Its key: ACME-12.' }),
      text: longText.meta({ title: 'Text' }),
    })
    .meta({ examples: [{ issue: 'ACME-12', text: 'They have signed.' }] }),
  output: z.object({ id: z.string(), url: z.string().meta({ description: 'The comment, on the page of its issue.' }) }),
  recipient: 'issue',
  idempotent: false,
  async run({ input: { issue, text }, request, settings }) {
    const answer = await request({ method: 'POST', url: `/issue/${issue}/comment`, json: { body: documentOf(text) } })
    const { id } = readAnswer(Added, answer.json, 'Jira')
    return { id, url: `${pageOf(settings, issue)}?focusedCommentId=${encodeURIComponent(id)}` }
  },
})

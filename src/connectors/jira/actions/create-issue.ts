import { z } from 'zod'
import { defineAction } from '#connectors/connector.ts'
import { readAnswer } from '#core/read-answer.ts'
import { documentOf } from '../document.ts'
import { longText, projectKey } from '../inputs.ts'
import { pageOf } from '../settings.ts'

const Created = z.object({ id: z.string(), key: z.string() })

/** https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-post (write:jira-work) */
export const createIssue = defineAction({
  name: 'create_issue',
  label: 'Create issue',
  description: 'Creates an issue in a project, with the person as its reporter.',
  consentText: 'create issues as you',
  input: z
    .strictObject({
      project: projectKey.meta({ title: 'Project', description: 'Its key, as issues there begin: ACME.' }),
      type: z
        .string()
        .trim()
        .min(1)
        .max(60)
        .default('Task')
        .meta({ title: 'Type', description: 'As the project calls it: Task, Bug, Story.' }),
      // why: Jira refuses a summary of several lines.
      summary: z
        .string()
        .trim()
        .min(1)
        .max(255)
        .regex(/^[^\r\n]*$/, 'one line')
        .meta({ title: 'Summary', description: 'One line.' }),
      description: longText.optional().meta({ title: 'Description', description: 'Plain text.' }),
    })
    .meta({
      examples: [{ project: 'ACME', type: 'Task', summary: 'Call Acme', description: 'They asked for a quote.' }],
    }),
  output: z.object({
    id: z.string(),
    key: z.string().meta({ description: 'ACME-12' }),
    url: z.string().meta({ description: 'The page of the issue.' }),
  }),
  recipient: 'project',
  // Jira takes no key of ours: a second run makes a second issue.
  idempotent: false,
  async run({ input: { project, type, summary, description }, request, settings }) {
    const fields = {
      project: { key: project },
      issuetype: { name: type },
      summary,
      ...(description !== undefined && { description: documentOf(description) }),
    }
    const answer = await request({ method: 'POST', url: '/issue', json: { fields } })
    const { id, key } = readAnswer(Created, answer.json, 'Jira')
    return { id, key, url: pageOf(settings, key) }
  },
})

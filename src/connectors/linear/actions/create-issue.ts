import { z } from 'zod'
import { type BoundRequest, defineAction } from '#connectors/connector.ts'
import { OutsideError } from '#core/errors.ts'
import { AnsweredIssue, ISSUE_FIELDS, Issue, toIssue } from '../issues.ts'
import { Data, sendQuery } from '../query.ts'

const Teams = Data({ teams: z.object({ nodes: z.array(z.object({ id: z.string(), key: z.string() })) }) })
const Created = Data({ issueCreate: z.object({ success: z.literal(true), issue: AnsweredIssue }) })

export const createIssue = defineAction({
  name: 'create_issue',
  label: 'Create issue',
  description: 'Opens an issue in a team.',
  consentText: 'create issues as you',
  input: z
    .strictObject({
      team: z
        .string()
        .trim()
        .regex(/^[A-Za-z0-9]{1,10}$/, 'the key of a team, such as ENG')
        .meta({ title: 'Team', description: 'Its key, with which identifiers of issues begin: ENG.' }),
      title: z.string().trim().min(1).max(255).meta({ title: 'Title' }),
      text: z.string().max(100_000).default('').meta({ title: 'Text', description: 'Markdown.' }),
    })
    .meta({ examples: [{ team: 'ENG', title: 'The form is broken', text: 'Steps: …' }] }),
  output: Issue,
  recipient: 'team',
  idempotent: false,
  async run({ input: { team, title, text }, request }) {
    const input = { teamId: await findTeam(request, team.toUpperCase()), title, description: text }
    const query = `mutation ($input: IssueCreateInput!) { issueCreate(input: $input) { success issue { ${ISSUE_FIELDS} } } }`
    const { data } = await sendQuery(request, { query, variables: { input }, answer: Created })
    return toIssue(data.issueCreate.issue)
  },
})

async function findTeam(request: BoundRequest, key: string): Promise<string> {
  const query = 'query ($filter: TeamFilter) { teams(filter: $filter) { nodes { id key } } }'
  const { data } = await sendQuery(request, { query, variables: { filter: { key: { eq: key } } }, answer: Teams })
  const team = data.teams.nodes.find((each) => each.key === key)
  if (team) return team.id
  throw new OutsideError('outside_not_found', `Linear: there is no team ${key} that you can see.`, { retryable: false })
}

import type { z } from 'zod'
import type { RecipeDocument } from '#recipes/recipe.ts'

type Document = z.input<typeof RecipeDocument>

const DAY_MS = 86_400_000

/** `create opportunity` makes an opportunity in Salesforce, and says whose it is, as Salesforce itself tells it. */
export function createOpportunity(salesforce: string, switchOn: boolean): Document {
  return {
    name: 'Create opportunity',
    description: 'Makes an opportunity in Salesforce.',
    trigger: {
      kind: 'command',
      command: 'create opportunity',
      parameters: [
        { name: 'name', label: 'Name of the opportunity', type: 'text' },
        { name: 'amount', label: 'Amount', type: 'number', hint: 'In dollars' },
      ],
    },
    connections: { salesforce: { connector: 'salesforce', connection_id: salesforce, personal: switchOn } },
    steps: [
      {
        kind: 'action',
        name: 'create',
        connection: 'salesforce',
        action: 'create_record',
        input: {
          type: 'Opportunity',
          fields: {
            Name: '{{ trigger.name }}',
            Amount: '{{ trigger.amount }}',
            StageName: 'Prospecting',
            CloseDate: new Date(Date.now() + 90 * DAY_MS).toISOString().slice(0, 10),
          },
        },
      },
      {
        kind: 'action',
        name: 'read',
        connection: 'salesforce',
        action: 'run_soql',
        input: {
          query: 'SELECT Name, Owner.Name FROM Opportunity WHERE Id = :id',
          parameters: { id: '{{ steps.create.id }}' },
        },
      },
      {
        kind: 'reply',
        name: 'answer',
        text: 'Created “{{ trigger.name }}”. Its owner is {{ steps.read.records[0].Owner.Name }}.',
        fields: [
          { name: 'Opportunity', value: '{{ trigger.name }}' },
          { name: 'Amount', value: '{{ trigger.amount }} USD' },
          { name: 'Owner', value: '{{ steps.read.records[0].Owner.Name }}' },
          { name: 'In Salesforce', value: '{{ steps.create.url }}' },
        ],
        output: { id: '{{ steps.create.id }}', owner: '{{ steps.read.records[0].Owner.Name }}' },
      },
    ],
  }
}

/** `triage bug` opens an issue at GitHub and a case in Salesforce that names it: two applications, both as whoever runs it. */
export function triageBug({ salesforce, github }: { salesforce: string; github: string }): Document {
  return {
    name: 'Triage bug',
    description: 'Opens an issue for the developers and a case for support.',
    trigger: {
      kind: 'command',
      command: 'triage bug',
      parameters: [
        { name: 'title', label: 'What is wrong', type: 'text' },
        { name: 'description', label: 'How to see it', type: 'text' },
      ],
    },
    connections: {
      github: { connector: 'github', connection_id: github, personal: true },
      salesforce: { connector: 'salesforce', connection_id: salesforce, personal: true },
    },
    steps: [
      {
        kind: 'action',
        name: 'issue',
        connection: 'github',
        action: 'create_issue',
        input: { repository: 'acme/website', title: '{{ trigger.title }}', body: '{{ trigger.description }}' },
      },
      {
        kind: 'action',
        name: 'case',
        connection: 'salesforce',
        action: 'create_record',
        input: {
          type: 'Case',
          fields: {
            Subject: '{{ trigger.title }}',
            Description: '{{ trigger.description }}\n\nacme/website#{{ steps.issue.number }}',
            Priority: 'High',
            Origin: 'Web',
          },
        },
      },
      {
        kind: 'reply',
        name: 'answer',
        text: 'Triaged “{{ trigger.title }}” as {{ person.name }}.',
        fields: [
          { name: 'Issue', value: 'acme/website#{{ steps.issue.number }}, opened by {{ steps.issue.author }}' },
          { name: 'Case', value: '{{ steps.case.url }}' },
        ],
      },
    ],
  }
}

import type { RecipeDocument, Trigger } from '../../recipe/document.ts'

export interface StartingDocument {
  value: Trigger['kind']
  label: string
  /** One sentence on when to take it. */
  description: string
  /** A whole recipe that runs as it is, for a name. */
  document: (name: string) => RecipeDocument
}

/** What a new recipe can begin as: each valid, so that it can be started at once and then grow. */
export const STARTING_DOCUMENTS: StartingDocument[] = [
  {
    value: 'command',
    label: 'A command',
    description: 'People type it in chat; what it needs to know is asked for.',
    document: (name) => ({
      name,
      description: '',
      trigger: {
        kind: 'command',
        command: asCommand(name),
        parameters: [{ name: 'subject', type: 'text', required: true }],
      },
      connections: {},
      steps: [{ kind: 'reply', name: 'answer', text: 'Done, {{ person.name }}: {{ trigger.subject }}.' }],
    }),
  },
  {
    value: 'api',
    label: 'A call of the API',
    description: 'Your own product runs it and reads the result.',
    document: (name) => ({
      name,
      description: '',
      trigger: { kind: 'api', parameters: [{ name: 'subject', type: 'text', required: true }] },
      connections: {},
      steps: [{ kind: 'reply', name: 'answer', text: 'Received {{ trigger.subject }}.' }],
    }),
  },
  {
    value: 'webhook',
    label: 'A webhook',
    description: 'Another system sends an event. Nobody runs it, so it uses the connections’ own accounts.',
    document: (name) => ({
      name,
      description: '',
      trigger: { kind: 'webhook', respond: 'at_once' },
      connections: {},
      steps: [{ kind: 'reply', name: 'answer', text: 'Received.' }],
    }),
  },
  {
    value: 'schedule',
    label: 'A schedule',
    description: 'It runs by itself at set times. Nobody runs it, so it uses the connections’ own accounts.',
    document: (name) => ({
      name,
      description: '',
      trigger: {
        kind: 'schedule',
        cron: '0 9 * * 1-5',
        time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
        catch_up: 'latest',
      },
      connections: {},
      steps: [{ kind: 'reply', name: 'answer', text: 'Ran for {{ trigger.scheduled_for }}.' }],
    }),
  },
]

/** A name as the one to three lower-case words that a command is. */
export function asCommand(name: string): string {
  const words = name
    .toLowerCase()
    .split(/[^a-z0-9-]+/)
    .map((word) => word.replace(/^-+/, ''))
    .filter((word) => word !== '')
  return words.slice(0, 3).join(' ').slice(0, 60).trim() || 'new command'
}

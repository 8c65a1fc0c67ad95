const opportunity = (name: string) => ({
  type: 'Opportunity',
  fields: { Name: name, StageName: 'Prospecting', CloseDate: '2027-01-31' },
})

const create = (step: string, name: string, more: object = {}) => ({
  kind: 'action',
  name: step,
  connection: 'crm',
  action: 'create_record',
  input: opportunity(name),
  ...more,
})

/** Connections of a recipe with one connection, called `crm`, to the emulated CRM. */
export const crmConnection = (connectionId: string, personal: boolean) => ({
  crm: { connector: 'salesforce', connection_id: connectionId, personal },
})

const called = (command: string) => ({
  kind: 'command',
  command,
  parameters: [{ name: 'name', type: 'text' }],
})

interface Commanded {
  connectionId: string
  personal: boolean
  /** One to three words; also the recipe's name. */
  command: string
}

/** Makes one opportunity called as the parameter `name`, and says so. `more` replaces parts of the step. */
export function createOne({ connectionId, personal, command }: Commanded, more: object = {}): object {
  return {
    name: command,
    trigger: called(command),
    connections: crmConnection(connectionId, personal),
    steps: [
      create('first', '{{ trigger.name }}', more),
      { kind: 'reply', name: 'answer', text: 'Made {{ trigger.name }}.' },
    ],
  }
}

/** Makes two opportunities, `… 1` and `… 2`, the second after the first. */
export function createTwo({ connectionId, personal, command }: Commanded): object {
  return {
    name: command,
    trigger: called(command),
    connections: crmConnection(connectionId, personal),
    steps: [
      create('first', '{{ trigger.name }} 1'),
      create('second', '{{ trigger.name }} 2'),
      { kind: 'reply', name: 'answer', text: 'Made both {{ trigger.name }}.' },
    ],
  }
}

/** Looks for opportunities of that name, which may be repeated, and then makes one. */
export function searchThenCreate({ connectionId, personal, command }: Commanded): object {
  return {
    name: command,
    trigger: called(command),
    connections: crmConnection(connectionId, personal),
    steps: [
      {
        kind: 'action',
        name: 'search',
        connection: 'crm',
        action: 'search_records',
        input: { type: 'Opportunity', where: { Name: '{{ trigger.name }}' } },
      },
      create('first', '{{ trigger.name }}'),
      { kind: 'reply', name: 'answer', text: 'Found {{ steps.search.total_size }}, made {{ trigger.name }}.' },
    ],
  }
}

/** A function that makes three opportunities, `… 1` to `… 3`, each again where it was cut off; and a command that calls it. */
export const makeThree = (connectionId: string): object => ({
  name: 'make three',
  trigger: { kind: 'function', input: { type: 'object', properties: { name: {} }, required: ['name'] } },
  connections: crmConnection(connectionId, true),
  steps: [
    {
      kind: 'for_each',
      name: 'each',
      items: [1, 2, 3],
      steps: [create('make', '{{ trigger.name }} {{ loops.each.item }}', { after_crash: 'run_again' })],
    },
    { kind: 'reply', name: 'count', text: '', output: { count: '{{ steps.each.count }}' } },
  ],
})
export const callThree = (recipe_id: string, command: string): object => ({
  name: command,
  trigger: called(command),
  steps: [
    { kind: 'call', name: 'three', recipe_id, input: { name: '{{ trigger.name }}' } },
    { kind: 'reply', name: 'answer', text: 'Made {{ steps.three.count }} {{ trigger.name }}.' },
  ],
})

/** A function that makes one opportunity, and a command that starts it as a job of its own. */
export const makeApart = (connectionId: string): object => ({
  name: 'make apart',
  trigger: { kind: 'function', input: { type: 'object', properties: { name: {} }, required: ['name'] } },
  connections: crmConnection(connectionId, true),
  steps: [create('make', '{{ trigger.name }}')],
})
export const startApart = (recipe_id: string, command: string): object => ({
  name: command,
  trigger: called(command),
  steps: [
    { kind: 'call', name: 'start', recipe_id, input: { name: '{{ trigger.name }}' }, wait: false },
    { kind: 'reply', name: 'answer', text: 'Started {{ trigger.name }}.' },
  ],
})

/** Tries in vain to make what the application does not take, once more after a second, and makes one opportunity then. */
export function tryInVain({ connectionId, personal, command }: Commanded): object {
  const refused = create('try', 'x', { input: { type: 'Opportunity', fields: { Nonsense: 1 } } })
  const on_error = [create('first', '{{ trigger.name }}')]
  return {
    name: command,
    trigger: called(command),
    connections: crmConnection(connectionId, personal),
    steps: [
      { kind: 'handle_errors', name: 'attempt', steps: [refused], retries: 1, interval_seconds: 1, on_error },
      { kind: 'reply', name: 'answer', text: 'Made {{ trigger.name }}.' },
    ],
  }
}

/** Makes an opportunity called as the `name` in a webhook's body, with the parent's own account. */
export function createByWebhook(connectionId: string, name: string, more: object = {}): object {
  return {
    name,
    trigger: { kind: 'webhook' },
    connections: crmConnection(connectionId, false),
    steps: [create('first', '{{ trigger.body.name }}', more)],
  }
}

import type { ConnectionId, JobId, RecipeId } from '../../src/core/ids.ts'
import type { Wiring } from '../../src/server/wire.ts'
import { connectAt, startTestBehalf, type TestBehalf, type TestPerson } from './behalf.ts'
import { crmConnection } from './recipes.ts'

/** Behalf with Alice, whose connection a builder's recipes name; nobody runs these. */
export interface DelegationStage extends TestBehalf {
  alice: TestPerson
  /** Who builds; has connected an account too. */
  builder: TestPerson
  parent: ConnectionId
  alices: ConnectionId
  /** A function whose switch is on: makes an opportunity of that name. */
  makes: RecipeId
  /** Moves Behalf's clock. */
  advance(ms: number): void
  /**
   * Makes and starts a recipe that has the function use Alice's connection, as the builder; set off by a webhook, and calls it once, unless
   * told otherwise.
   */
  naming(name: string, trigger?: object, calls?: string[]): Promise<Naming>
  /** What Alice is asked about a recipe; undefined when she is not. */
  requestOf(recipeId: RecipeId): Promise<AskedFor | undefined>
  /** Alice accepts what she is asked about it. */
  accept(recipeId: RecipeId): Promise<{ status: number; body: { error?: { code: string } } }>
  /** Lets the function do more; twice at the most. */
  grow(): Promise<void>
  /** Alice connects her account again. */
  reconnect(): Promise<void>
  /** The owners of the opportunities of that name at the CRM. */
  made(name: string): string[]
  /** How the recipe's page shows Alice's connection. */
  stateOf(recipeId: RecipeId): Promise<string>
}

export interface Naming {
  id: RecipeId
  /** Posts to its webhook. */
  call(name: string): Promise<{ status: number; body: { data: { job_id: JobId; status: string } } }>
}

/** As the API shows it. */
export interface AskedFor {
  id: string
  shown: string
  does: string[]
  growth: string[]
  asked_by: string | null
  jobs_waiting: number
}

/** Starts it; `stop()` stops it. */
export async function startDelegationStage(overrides: Partial<Wiring> = {}): Promise<DelegationStage> {
  let ahead = 0
  let growths = 0
  const clock = () => new Date(Date.now() + ahead)
  const behalf = await startTestBehalf({ consentPerRecipe: true, clock, ...overrides })
  const alice = await behalf.addPerson('Alice Ng')
  const builder = await behalf.addPerson('Bea Builder', 'admin')
  const parent = await behalf.addCrmParent()
  await behalf.connectParent(parent, 'Bob Ortiz')
  const makes = await behalf.addRecipe(functionMaking(parent))
  await behalf.addRecipe({
    ...functionMaking(parent),
    name: 'Of people',
    trigger: OF_PEOPLE,
  })
  const reconnect = async (): Promise<void> => {
    const { body } = await alice.api('POST', `/me/connections/${parent}/connect`)
    await connectAt(alice, body.data.url, 'Alice Ng')
  }
  await reconnect()
  const alices = (await alice.api('GET', '/me/connections')).body.data[0].connection.id
  const requestOf = async (recipeId: RecipeId) =>
    (await alice.api('GET', '/me/delegation_requests')).body.data.find(
      ({ recipe }: { recipe: { id: string } }) => recipe.id === recipeId,
    )
  return Object.assign(behalf, {
    alice,
    builder,
    parent,
    alices,
    makes,
    requestOf,
    reconnect,
    advance(ms: number) {
      ahead += ms
    },
    async naming(name: string, trigger: object = { kind: 'webhook' }, calls = ['go']) {
      const document = documentNaming(name, { alices, makes, trigger, calls })
      const created = await builder.api('POST', '/recipes', {
        project_id: behalf.projectId,
        environment: 'PROD',
        document,
      })
      const { id } = created.body.data
      const started = await builder.api('POST', `/recipes/${id}/start`)
      if (started.status !== 200) throw new Error(JSON.stringify(started.body))
      return { id, call: caller(started.body.data.webhook_url) }
    },
    async accept(recipeId: RecipeId) {
      const asked = await requestOf(recipeId)
      return alice.api('POST', `/me/delegation_requests/${asked?.id}/accept`, { shown: asked?.shown })
    },
    async grow() {
      const { body } = await builder.api('GET', `/recipes/${makes}`)
      const { document, version } = body.data
      const look = { kind: 'action', name: `look_${version}`, connection: 'crm', ...MORE[growths++] }
      const grown = { ...document, steps: [look, ...document.steps] }
      const saved = await builder.api('PUT', `/recipes/${makes}`, { document: grown, expected_version: version })
      if (saved.status !== 200) throw new Error(JSON.stringify(saved.body))
    },
    made: (name: string) =>
      behalf.crm
        .opportunities()
        .filter((each) => each.name === name)
        .map(({ owner }) => owner),
    async stateOf(recipeId: RecipeId) {
      return (await builder.api('GET', `/recipes/${recipeId}/delegations`)).body.data[0].state
    },
  })
}

/** Listed among people's own connections is what a recipe of theirs uses. */
const OF_PEOPLE = { kind: 'command', command: 'make', parameters: [{ name: 'name', type: 'text' }] }

/** What it does more, one after the other. */
const MORE = [
  { action: 'search_records', input: { type: 'Account' } },
  { action: 'run_soql', input: { query: 'select Id from Account' } },
]

const functionMaking = (parent: ConnectionId): object => ({
  name: 'Make as you',
  trigger: {
    kind: 'function',
    input: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
  },
  connections: crmConnection(parent, true),
  steps: [
    {
      kind: 'action',
      name: 'make',
      connection: 'crm',
      action: 'create_record',
      input: {
        type: 'Opportunity',
        fields: { Name: '{{ trigger.name }}', StageName: 'Prospecting', CloseDate: '2027-01-31' },
      },
    },
  ],
})

/** What a builder writes to have the function use this connection. */
export function documentNaming(
  name: string,
  { alices, makes, trigger, calls = ['go'] }: { alices: string; makes: string; trigger: object; calls?: string[] },
): object {
  const isWebhook = (trigger as { kind: string }).kind === 'webhook'
  const call = {
    kind: 'call',
    recipe_id: makes,
    input: { name: isWebhook ? '{{ trigger.body.name }}' : name },
    connection_overrides: { crm: alices },
  }
  return { name, trigger, steps: calls.map((each) => ({ ...call, name: each })) }
}

function caller(url: string): Naming['call'] {
  return async (name) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name }),
    })
    return { status: response.status, body: (await response.json()) as never }
  }
}

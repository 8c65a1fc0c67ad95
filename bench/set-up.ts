import type { Program } from './programs.ts'
import type { Town } from './town.ts'

export interface BenchRecipe {
  /** Posting to it runs the recipe and is answered when the job has ended. */
  webhookUrl: URL
  connectionId: `con_${string}`
}

/** The owner's session, as the cookie of a browser. */
export interface Owner {
  cookie: string
  /** One request to the API; throws when it is not answered with 2xx. */
  api: Api
  /** Where what the bench makes belongs. */
  place: { project_id: string; environment: 'PROD' }
}

/**
 * From an empty server to a started webhook recipe, over HTTP as the console does it: the owner, a Salesforce connection connected by
 * OAuth, and the recipe: one record with the parent's grant, and a reply with its id.
 */
export async function setUp({ behalf, crm }: Town): Promise<BenchRecipe & Owner> {
  const api = await becomeOwner(behalf)
  const { id: project_id } = await api('POST', 'projects', { name: 'Bench' })
  const place = { project_id, environment: 'PROD' as const }
  const connection = await api('POST', 'connections', {
    ...place,
    name: 'Salesforce',
    connector: 'salesforce',
    settings: { environment: 'custom', custom_domain: crm.url.origin },
    client_id: 'behalf',
    client_secret: 'the-secret-of-the-bench',
  })
  const { url } = await api('POST', `connections/${connection.id}/connect`)
  await api.follow(await redirectOf(url))
  const recipe = await api('POST', 'recipes', { ...place, document: documentFor(connection.id) })
  const { webhook_url } = await api('POST', `recipes/${recipe.id}/start`)
  return { webhookUrl: new URL(webhook_url), connectionId: connection.id, cookie: api.cookie, api, place }
}

function documentFor(connection_id: string): object {
  return {
    name: 'Create opportunity',
    trigger: { kind: 'webhook', respond: 'when_done' },
    connections: { crm: { connector: 'salesforce', connection_id, personal: false } },
    steps: [
      {
        kind: 'action',
        name: 'create',
        connection: 'crm',
        action: 'create_record',
        input: {
          type: 'Opportunity',
          fields: { Name: '{{ trigger.body.name }}', Amount: '{{ trigger.body.amount }}', StageName: 'Prospecting' },
        },
      },
      {
        kind: 'reply',
        name: 'answer',
        text: 'Created {{ steps.create.id }}.',
        output: { id: '{{ steps.create.id }}' },
      },
    ],
  }
}

// biome-ignore lint/suspicious/noExplicitAny: what the API answers is used field by field
type Answer = any
type Api = (method: string, path: string, body?: object) => Promise<Answer>

/** Makes the owner at the first-run page. Gives requests to the API with their session; each throws when it is not answered with 2xx. */
async function becomeOwner({ url, said }: Program) {
  const form = {
    setup_code: new URL(`${said.owner_link}`).searchParams.get('with') ?? '',
    workspace: 'Acme',
    name: 'Olivia Owner',
    email: 'olivia@acme.example',
    password: 'a-password-of-the-bench',
  }
  const welcome = await fetch(new URL('/welcome', url), {
    method: 'POST',
    body: new URLSearchParams(form),
    headers: { origin: url.origin },
    redirect: 'manual',
  })
  if (welcome.status !== 303) throw new Error(`the owner was not made: ${await welcome.text()}`)
  const cookie = welcome.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ')
  const api: Api = async (method, path, body) => {
    const response = await fetch(new URL(`/api/${path}`, url), {
      method,
      headers: { cookie, origin: url.origin, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}: ${text}`)
    return JSON.parse(text).data
  }
  const follow = async (target: string): Promise<void> => {
    const response = await fetch(target, { headers: { cookie } })
    if (!response.ok) throw new Error(`the callback was answered with ${response.status}: ${await response.text()}`)
  }
  return Object.assign(api, { follow, cookie })
}

async function redirectOf(url: string): Promise<string> {
  const response = await fetch(url, { redirect: 'manual' })
  const location = response.headers.get('location')
  if (!location) throw new Error(`the CRM did not redirect: ${response.status}`)
  return location
}

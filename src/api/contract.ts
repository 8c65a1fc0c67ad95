import { z } from '@hono/zod-openapi'

/**
 * The shapes of the HTTP contract: what routes take and give, what OpenAPI publishes and what the console is typed by.
 * Every answer is `{ data }`, lists `{ data, next }` with a cursor for `?before=`; every refusal is `{ error }`.
 */
const Instant = z.string().meta({ format: 'date-time' })
export const Environment = z.enum(['DEV', 'TEST', 'PROD'])
const Role = z.enum(['owner', 'admin', 'analyst', 'operator', 'member'])

export const ErrorBody = z
  .object({
    error: z.object({
      code: z.string(),
      message: z.string(),
      details: z.record(z.string(), z.unknown()).optional(),
      /** Set when the fault is ours: quote it to whoever runs the server. */
      reference: z.string().optional(),
    }),
  })
  .openapi('Error')

export const Person = z
  .object({
    id: z.string(),
    name: z.string(),
    email: z.string().nullable(),
    kind: z.enum(['member', 'external', 'service']),
    role: Role,
    status: z.enum(['active', 'deactivated']),
    created_at: Instant,
  })
  .openapi('Person')

export const SessionBody = z
  .object({
    person: Person,
    workspace: z.object({ id: z.string(), name: z.string() }),
    privileges: z.array(z.string()),
    public_url: z.string(),
  })
  .openapi('Session')

export const RoleBody = z
  .object({ name: Role, label: z.string(), privileges: z.array(z.object({ name: z.string(), sentence: z.string() })) })
  .openapi('Role')

export const Project = z.object({ id: z.string(), name: z.string(), created_at: Instant }).openapi('Project')

export const Group = z
  .object({ id: z.string(), name: z.string(), members: z.array(z.object({ id: z.string(), name: z.string() })) })
  .openapi('Group')

export const ApiKey = z
  .object({
    id: z.string(),
    name: z.string(),
    hint: z.string(),
    privileges: z.array(z.string()),
    /** The product as whose people it acts; null: it acts as nobody. */
    namespace_id: z.string().nullable(),
    created_at: Instant,
    last_used_at: Instant.nullable(),
    expires_at: Instant.nullable(),
    revoked_at: Instant.nullable(),
  })
  .openapi('ApiKey')

export const AuditEvent = z
  .object({
    id: z.string(),
    at: Instant,
    action: z.string(),
    person: z.object({ id: z.string(), name: z.string() }).nullable(),
    api_key_id: z.string().nullable(),
    target_id: z.string().nullable(),
    details: z.record(z.string(), z.unknown()),
  })
  .openapi('AuditEvent')

/** A parent connection, or (with `parent_id` and `person`) a runtime user connection. Never a credential. */
export const Connection = z
  .object({
    id: z.string(),
    name: z.string(),
    connector: z.string(),
    project_id: z.string(),
    environment: Environment,
    parent_id: z.string().nullable(),
    person: z
      .object({
        id: z.string(),
        name: z.string(),
        email: z.string().nullable(),
        kind: z.enum(['member', 'external', 'service']),
      })
      .nullable(),
    /** Of a parent; empty on a runtime user connection. */
    settings: z.record(z.string(), z.unknown()),
    client_id: z.string().nullable(),
    /** Of a parent: what is typed in to connect it; null where it is connected by signing in at the application. */
    credential_fields: z
      .array(z.object({ name: z.string(), label: z.string(), hint: z.string(), secret: z.boolean() }))
      .nullable(),
    /** Of a parent: whether people may connect their own account by the same form. */
    personal_form: z.boolean(),
    /** Of a parent: how many jobs use it at once, its people's connections included; null: no limit. */
    at_once: z.number().nullable(),
    /** To register at the application; of a parent. */
    redirect_uri: z.string().nullable(),
    /** Whether this server's address changed since the connection was set up: then the redirect URI must be registered again. */
    redirect_uri_changed: z.boolean(),
    /** Parent: success | failed | exception | null. */
    authorization_status: z.enum(['success', 'failed', 'exception']).nullable(),
    /** Runtime user connection: pending | connected | lost | disconnected | orphaned. */
    status: z.enum(['pending', 'connected', 'lost', 'disconnected', 'orphaned']).nullable(),
    connection_lost_at: Instant.nullable(),
    connection_lost_reason: z.string().nullable(),
    scopes: z.array(z.string()),
    account: z.object({ id: z.string(), label: z.string(), email: z.string().nullable() }).nullable(),
    surface: z.string().nullable(),
    created_at: Instant,
    last_authorized_at: Instant.nullable(),
    last_used_at: Instant.nullable(),
    /** How revoking the last grant went: null while there is one. */
    revocation: z
      .object({
        status: z.enum(['pending', 'revoked', 'kept', 'unsupported', 'failed']),
        outcome: z.string().nullable(),
      })
      .nullable(),
    /** Of a parent. */
    children_count: z.number().nullable(),
  })
  .openapi('Connection')

export const NewConnection = z
  .strictObject({
    /** From `reserve`, where the redirect URI was registered before. */
    id: z.string().optional(),
    name: z.string().trim().min(1).max(120),
    connector: z.string(),
    project_id: z.string(),
    environment: Environment,
    settings: z.record(z.string(), z.unknown()).default({}),
    /** The OAuth client; left out where a credential is typed into a form. */
    client_id: z.string().trim().min(1).max(500).optional(),
    client_secret: z.string().max(4000).optional(),
    /** Where a credential is typed into a form: whether people may connect their own account so. Default false. */
    personal_form: z.boolean().optional(),
  })
  .openapi('NewConnection')

export const ConnectionChange = z
  .strictObject({
    name: z.string().trim().min(1).max(120).optional(),
    settings: z.record(z.string(), z.unknown()).optional(),
    client_id: z.string().trim().min(1).max(500).optional(),
    client_secret: z.string().min(1).max(4000).optional(),
    /** Refused to be turned off while a started recipe relies on it. */
    personal_form: z.boolean().optional(),
    /** Null: no limit. Counts for jobs from now on. */
    at_once: z.number().int().min(1).max(1000).nullable().optional(),
  })
  .openapi('ConnectionChange')

/** What is typed, by the names of `credential_fields`; left out where the application is signed in to. */
export const ConnectRequest = z
  .strictObject({ credential: z.record(z.string().max(60), z.string().max(4000)).optional() })
  .openapi('ConnectRequest')

export const ConnectionTest = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('answered'),
      account: z.object({ id: z.string(), label: z.string(), email: z.string().nullable() }),
    }),
    z.object({ kind: z.literal('failed'), code: z.string(), message: z.string() }),
  ])
  .openapi('ConnectionTest')

/** What deleting or disconnecting would do, said before it is done. */
export const Consequences = z
  .object({
    sentences: z.array(z.string()),
    recipes: z.array(z.object({ id: z.string(), name: z.string() })),
    jobs_waiting: z.number(),
    jobs_running: z.number(),
    children: z.number(),
  })
  .openapi('Consequences')

/** How many fit; beyond ten thousand only that there are more. */
export const Total = z.object({ count: z.number(), or_more: z.boolean() }).openapi('Total')

export const CredentialUse = z
  .object({
    id: z.string(),
    at: Instant,
    recipe: z.object({ id: z.string(), name: z.string() }).nullable(),
    job_id: z.string().nullable(),
    step: z.string().nullable(),
    action: z.string().nullable(),
    account_label: z.string().nullable(),
    requests: z.number(),
    http_status: z.number().nullable(),
    outcome: z.string(),
  })
  .openapi('CredentialUse')

export const RecipeSummary = z
  .object({
    id: z.string(),
    name: z.string(),
    project_id: z.string(),
    environment: Environment,
    status: z.enum(['stopped', 'started']),
    /** Why Behalf stopped it, and when; null when a person did. */
    stopped_reason: z.string().nullable(),
    stopped_at: Instant.nullable(),
    version: z.number(),
    trigger: z.object({
      kind: z.enum(['command', 'form', 'skill', 'api', 'function', 'webhook', 'schedule']),
      command: z.string().nullable(),
    }),
    /** Of one with a schedule; `next_run_at` is null while it is stopped. */
    schedule: z.object({ cron: z.string(), time_zone: z.string(), next_run_at: Instant.nullable() }).nullable(),
    /** Whether any connection has the switch on. */
    personal: z.boolean(),
    created_at: Instant,
  })
  .openapi('RecipeSummary')

const Problem = z.object({ path: z.string(), code: z.string(), message: z.string() }).openapi('Problem')

export const RecipeBody = RecipeSummary.extend({
  document: z.record(z.string(), z.unknown()),
  problems: z.array(Problem),
  shared_with: z.object({
    everyone: z.boolean(),
    people: z.array(z.object({ id: z.string(), name: z.string() })),
    groups: z.array(z.object({ id: z.string(), name: z.string() })),
  }),
}).openapi('Recipe')

export const RecipeVersion = z
  .object({
    version: z.number(),
    comment: z.string().nullable(),
    created_at: Instant,
    created_by: z.object({ id: z.string(), name: z.string() }).nullable(),
  })
  .openapi('RecipeVersion')

/** One place in which two versions differ, with what stood there and what stands there now. */
export const Difference = z
  .object({
    path: z.string(),
    /** The path for people: what has a name in a list by its name. */
    place: z.array(z.string()),
    kind: z.enum(['added', 'removed', 'changed', 'moved']),
    /** Absent where it was added. */
    before: z.unknown().optional(),
    /** Absent where it was removed. */
    after: z.unknown().optional(),
  })
  .openapi('Difference')

/** What became, or would become, of a recipe's file. */
export const PushedRecipe = z
  .object({
    /** Of what is only checked and new: an id that is not kept. */
    id: z.string(),
    name: z.string(),
    outcome: z.enum(['created', 'updated', 'unchanged']),
    version: z.number(),
    status: z.enum(['stopped', 'started']),
    differences: z.array(Difference),
    problems: z.array(Problem),
  })
  .openapi('PushedRecipe')

export const NewRecipe = z
  .strictObject({ project_id: z.string(), environment: Environment, document: z.record(z.string(), z.unknown()) })
  .openapi('NewRecipe')

export const NewRecipeVersion = z
  .strictObject({
    document: z.record(z.string(), z.unknown()),
    comment: z.string().max(500).optional(),
    /** The version the change began from; another one saved since is a 409. */
    expected_version: z.number().int(),
  })
  .openapi('NewRecipeVersion')

export const Runners = z
  .strictObject({
    everyone: z.boolean(),
    person_ids: z.array(z.string()).default([]),
    group_ids: z.array(z.string()).default([]),
  })
  .openapi('Runners')

/** A person's own connection, as they see it. */
export const MyConnection = z
  .object({
    parent_id: z.string(),
    parent_name: z.string(),
    connector: z.string(),
    connector_label: z.string(),
    icon: z.string(),
    environment: Environment,
    /** Null: never connected. */
    connection: Connection.nullable(),
    /** The recipes of mine that use it. */
    recipes: z.array(z.object({ id: z.string(), name: z.string() })),
  })
  .openapi('MyConnection')

export const RunnableRecipe = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    command: z.string().nullable(),
    applications: z.array(z.string()),
  })
  .openapi('RunnableRecipe')

const Tone = z.enum(['neutral', 'success', 'failure'])

/** `press` is sent back as it is when the button is pressed. */
const Press = z.record(z.string(), z.unknown())

const Buttons = z.array(
  z.object({
    label: z.string(),
    style: z.enum(['plain', 'primary', 'danger']),
    press: Press,
    confirm: z.string().nullable(),
  }),
)

/** The `press` of what was chosen is sent back as a button's is. */
const Menus = z.array(z.object({ label: z.string(), options: z.array(z.object({ label: z.string(), press: Press })) }))

/** One line of the portal's chat. */
export const ChatMessage = z
  .object({
    id: z.string(),
    from: z.enum(['me', 'behalf']),
    job_id: z.string().nullable(),
    kind: z.enum(['said', 'reply', 'question', 'ask', 'notice']),
    text: z.string(),
    fields: z.array(z.object({ name: z.string(), value: z.string() })),
    links: z.array(z.object({ label: z.string(), url: z.string() })),
    tone: Tone,
    items: z.array(z.object({ text: z.string(), badge: z.object({ text: z.string(), tone: Tone }), buttons: Buttons })),
    buttons: Buttons,
    menus: Menus,
    at: Instant,
  })
  .openapi('ChatMessage')

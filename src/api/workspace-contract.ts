import { z } from '@hono/zod-openapi'
import { Person } from './contract.ts'

const Instant = z.string().meta({ format: 'date-time' })
const Values = z.record(z.string(), z.unknown())

export const SettingsForm = z
  .object({
    settings: Values,
    /** JSON Schema of the settings: their names, defaults, titles and descriptions. */
    schema: Values,
  })
  .openapi('WorkspaceSettings')

/** Never the key itself. */
export const SealingKey = z
  .object({
    /** Names the key without telling it. */
    fingerprint: z.string(),
    version: z.number(),
    since: Instant,
    kept_in: z.enum(['environment', 'file']),
    /** Null when the key was never changed. */
    rotation: z
      .object({
        from: z.number(),
        to: z.number(),
        /** Values still sealed with an older key, of how many. */
        remaining: z.number(),
        total: z.number(),
        /** Processes that have not taken up the new key yet. */
        waiting_for: z.number(),
        done_at: Instant.nullable(),
      })
      .nullable(),
    /** How to change it where it is a setting; null where `rotate` does it. */
    steps: z.array(z.string()).nullable(),
    /** What went with a key that was lost, until somebody gives it again: client secrets, credentials, a new signing secret. */
    lost_secrets: z.array(
      z.object({
        kind: z.enum(['oauth_client', 'credential', 'sign_in_provider', 'surface_app', 'namespace']),
        id: z.string(),
        name: z.string(),
      }),
    ),
  })
  .openapi('SealingKey')

/** Never its secret. */
export const SignInProvider = z
  .object({
    id: z.string(),
    label: z.string(),
    issuer: z.string(),
    client_id: z.string(),
    /** Only addresses of these domains link a person, or make one. */
    email_domains: z.array(z.string()),
    /** Its addresses count as verified although it does not say so of each (Entra). */
    emails_are_vouched_for: z.boolean(),
    /** Whether somebody unknown becomes a new member. */
    may_create_persons: z.boolean(),
    /** Whether an owner saved it last: only then can an owner be linked by their e-mail address. */
    links_owners: z.boolean(),
    /** To register at the provider. */
    redirect_uri: z.string(),
    created_at: Instant,
  })
  .openapi('SignInProvider')

/** A product that embeds Behalf; never its secret. */
export const Namespace = z
  .object({
    id: z.string(),
    name: z.string(),
    /** Where browsers and notices may be sent. */
    origins: z.array(z.string()),
    /** Where a browser is sent when a request names no other place. */
    redirect_url: z.string().nullable(),
    created_at: Instant,
  })
  .openapi('Namespace')

export const NamespaceWithSecret = Namespace.extend({
  /** Signs the notices; shown when it is made, and null ever after. */
  signing_secret: z.string().nullable(),
}).openapi('NamespaceWithSecret')

/** A browser in which a person is signed in. */
export const MySession = z
  .object({
    id: z.string(),
    /** `Firefox on Windows`; “Unknown browser” when it does not say. */
    browser: z.string(),
    user_agent: z.string().nullable(),
    /** `password`, or the label of a sign-in provider. */
    signed_in_by: z.string(),
    created_at: Instant,
    last_seen_at: Instant,
    expires_at: Instant,
    /** Whether it is the one that asks. */
    current: z.boolean(),
  })
  .openapi('MySession')

/** A person as the list of people has them. */
export const ListedPerson = Person.extend({
  /** Sent no connect links until then, because too many went astray; null otherwise. */
  asking_paused_until: Instant.nullable(),
}).openapi('ListedPerson')

/** A person’s account in a chat, or at a sign-in provider. */
export const PersonIdentity = z
  .object({
    id: z.string(),
    /** chat: they run recipes by it, and may sign in; sign_in: they only sign in by it. */
    kind: z.enum(['chat', 'sign_in']),
    /** Of the chat, or of the sign-in provider. */
    label: z.string(),
    /** The team’s or tenant’s name, else the vendor’s id of it; the issuer of a sign-in provider. */
    place: z.string(),
    /** The vendor’s own name for them. */
    account: z.string(),
    linked_at: Instant,
  })
  .openapi('PersonIdentity')

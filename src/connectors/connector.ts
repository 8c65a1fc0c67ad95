import type { z } from 'zod'
import { Bug, type OutsideError } from '#core/errors.ts'

/** A permission of the application, in its own spelling and in plain words for the connect page. */
export interface Scope {
  name: string
  /** "Read and write your records", said to the person who is asked. */
  description: string
}

/** How the accounts of one instance of an application are connected, worked out from a parent connection's settings. */
export type Authentication =
  | { kind: 'oauth2'; server: OAuthServer }
  /** By what a person types into a form: an API key, a user name and password. Tried at the application before it is saved. */
  | { kind: 'form'; form: CredentialForm }

/** Asked with the fresh credential, at whatever origin it names; the JSON of its answer goes to `readAccount`. */
export type IdentityRequest = Pick<ActionRequest, 'method' | 'url' | 'headers' | 'json' | 'expects'>

export interface CredentialForm {
  /** In their order; none where the application asks for no credential. */
  fields: {
    name: string
    label: string
    hint: string
    /** Never shown again, nor filled in. What is no secret names the account. */
    secret: boolean
  }[]
  identity: IdentityRequest
}

/** How a grant is ended at the application from outside. */
export type Revocation =
  /** RFC 7009, for the refresh token and then the access token. */
  | { style: 'rfc7009'; endpoint: string }
  /** A request of the application's own; `{client_id}` in its URL is filled in. */
  | {
      style: 'request'
      method: 'GET' | 'POST' | 'DELETE'
      url: string
      /** With the client's id and secret (Basic), or with the access token itself (Bearer). */
      authentication: 'client' | 'token'
      /** The JSON field that carries the access token; null where it is only in the header. */
      tokenField: string | null
    }

/** Where and how one instance of an application speaks OAuth 2.0. */
export interface OAuthServer {
  authorization_endpoint: string
  token_endpoint: string
  /** Null where the application has none: only the person can end the grant, there. */
  revocation: Revocation | null
  /**
   * Whether revoking one grant ends every grant of the same account to the same client (GitHub, Google): then it is kept while
   * another one is in use.
   */
  revocationEndsAll: boolean
  /** Compared with `iss` in the callback (RFC 9207) when the application sends it; null when it never does. */
  issuer: string | null
  token_endpoint_auth_method: 'client_secret_basic' | 'client_secret_post' | 'none'
  /** Whether PKCE S256 is sent. Only an application that chokes on it turns it off. */
  pkce: boolean
  scopes: Scope[]
  /** What stands between scopes in requests. */
  scopeSeparator: ' ' | ','
  /** The request parameter that carries the scopes: `scope` but at Slack, whose `user_scope` asks for a person's own token. */
  scopeParameter: string
  /**
   * Whether the token response names exactly the scopes that were granted, spelt as they were asked for, so that one a person left out
   * can be told.
   */
  scopesAreReported: boolean
  /** RFC 8707; sent with every authorization and token request. Null where the application does not know it. */
  resource: string | null
  /** Further parameters of the authorization request (`prompt`, `access_type`…). */
  authorizationParameters: Record<string, string>
  /** Seconds an access token lives when the token response does not say; null: until refused. */
  defaultExpiresInSeconds: number | null
  /** The field of the token response that holds the tokens; null where they stand at its top, as RFC 6749 has it. */
  tokenResponseField: string | null
  /** Seconds after which a grant ends when it is not refreshed; null where there is no such limit. */
  idleLimitSeconds: number | null
  identity: IdentityRequest
}

/** The account at the application that a grant stands for. */
export interface OutsideAccount {
  /** Stable and unique at that instance of the application. */
  id: string
  /** "alice@acme.com at Acme" */
  label: string
  email: string | null
}

/** What an action sends: a path below the application's base URL, or a whole URL at a declared origin. */
export interface ActionRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  url: string
  query?: Record<string, string | number | boolean | undefined>
  headers?: Record<string, string>
  json?: unknown
  /** In place of `json`, for an application that takes something else. */
  body?: { contentType: string; text: string }
  /** What the answer must be. Default `json`. */
  expects?: 'json' | 'text'
  /**
   * Reads a refusal that the status does not tell, at an application that answers 200 to everything; null where there is none. It is thrown
   * in the answer's place; one of `outside_unauthorized` first renews the credential and repeats, as a 401 does.
   */
  readRefusal?: (response: ActionResponse) => OutsideError | null
}

export interface ActionResponse {
  /** The whole URL that was asked: its origin is that of the instance. */
  url: string
  status: number
  headers: Headers
  /** Parsed JSON; null for an empty body, and for one that is no JSON where text was expected. */
  json: unknown
  /** The body as it came. */
  text: string
}

/**
 * Sends one request with the one credential this step may use. The action never sees the credential.
 * Refuses any origin the connector did not declare. A status of 400 and above is thrown as the connector's `readError` says.
 */
export type BoundRequest = (request: ActionRequest) => Promise<ActionResponse>

/** One thing an application can do. */
export interface Action<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  /** `create_record` */
  name: string
  /** "Create record" */
  label: string
  /** One sentence for the builder. */
  description: string
  /** What it will do, for the person who is asked to connect: "create records as you". */
  consentText: string
  input: I
  output: O
  /**
   * The field of the input that says to whom or where it goes (a channel, a recipient, a URL); null where the connection alone says so.
   * A person's consent covers the recipients a recipe names.
   */
  recipient: string | null
  /** May run twice with the same input and leave the application as after once. Only such a step runs again by itself after a crash. */
  idempotent: boolean
  run(call: ActionCall<z.output<I>>): Promise<z.input<O>>
}

export interface ActionCall<I> {
  input: I
  request: BoundRequest
  /** The parent connection's settings, as the connector's schema yields them. */
  settings: unknown
  /** The same for every try of one step of one job. */
  idempotencyKey: string
}

/** Types one action by its schemas; the registry holds them untyped. */
export function defineAction<I extends z.ZodType, O extends z.ZodType>(action: Action<I, O>): Action {
  return action as unknown as Action
}

/** What an account was connected with. Only `authorize` sees it, to build one request. */
export type Credential =
  | { kind: 'oauth2'; accessToken: string }
  | { kind: 'form'; values: Readonly<Record<string, string>> }

/** What carries the credential in a request. */
export interface Authorization {
  headers: Record<string, string>
  query: Record<string, string>
}

/**
 * An application we speak to: a folder of `connectors/` exports one as `connector`.
 * What it knows of OAuth is data that `connections/` acts on. `S` is what its settings schema yields.
 */
export interface Connector<S = unknown> {
  /** `salesforce`; the folder's name. */
  name: string
  /** "Salesforce" */
  label: string
  /** A 24×24 SVG, inlined in pages: no script, no reference to anything outside itself. */
  icon: string
  /** Whether each person can have a connection of their own. */
  personal: boolean
  /**
   * A parent connection's settings: strings, booleans and enums, each with `.meta({ title, description })` for the form. Where some have
   * no default, the schema's meta has `examples` that fit. Any change asks people again; but one of a setting called `scopes`, which asks
   * for what is missing alone, and one of `scope_texts`, their words, which asks for nothing.
   */
  settings: z.ZodType<S>
  /** Set up for any application: people know the one they connect by the name of its parent connection. */
  generic?: boolean
  /** Settings of well-known applications to begin a parent from, where it is set up for any. */
  presets?: readonly Preset[]
  actions: Action[]

  authentication(settings: S): Authentication
  /**
   * The application's base URL, to which an action's paths are joined. `tokenResponse` is the raw token response, which at some
   * applications names the instance; a value that does not match the declared pattern throws `OutsideError('instance_url_refused')`.
   */
  baseUrl(settings: S, tokenResponse: Record<string, unknown>): URL
  /** Further origins (`https://host:port`) an action may send this credential to, besides the base URL's. */
  origins(settings: S): string[]
  authorize(credential: Credential, settings: S): Authorization
  /**
   * `shown`: what the person typed into the fields of a form. A secret stands there under a name that does not tell it, always the same
   * under one parent: `9f3c7a01d2e4`, or `ending 1a2b (9f3c7a01d2e4)` where it is long enough.
   */
  readAccount(identity: unknown, from: { settings: S; shown: Readonly<Record<string, string>> }): OutsideAccount
  /**
   * Turns the application's answer of 400 and above into our error, with what `Retry-After` asks for; `errorOfAnswer` of core does the
   * common part. A 401 is handled before it, by refreshing. Never throws, whatever the body is.
   */
  readError(response: ActionResponse): OutsideError
}

/** The credential of RFC 6750: the access token in the Authorization header. */
export function bearerToken(credential: Credential): Authorization {
  if (credential.kind !== 'oauth2') throw new Bug('a bearer token was asked of what is none')
  return { headers: { authorization: `Bearer ${credential.accessToken}` }, query: {} }
}

/** What is known of one application, for a connector that is set up for any. */
export interface Preset {
  name: string
  label: string
  /** Some of the settings. A `{part}` in a value is filled in by whoever sets it up: their own sub-domain. */
  settings: Partial<Record<string, string>>
  parts: string[]
}

/** Every connector by name. */
export type ConnectorRegistry = ReadonlyMap<string, Connector>

import type { z } from 'zod'
import type { OutsideError } from '#core/errors.ts'

/** A permission of the application, in its own spelling and in plain words for the connect page. */
export interface Scope {
  name: string
  /** "Read and write your records", said to the person who is asked. */
  description: string
}

/** Where and how one instance of an application speaks OAuth 2.0, worked out from a parent connection's settings. */
export interface OAuthServer {
  authorization_endpoint: string
  token_endpoint: string
  /** RFC 7009; null where the application has none and `revokeRequest` of the connector is used, or nothing. */
  revocation_endpoint: string | null
  /** Compared with `iss` in the callback (RFC 9207) when the application sends it; null when it never does. */
  issuer: string | null
  token_endpoint_auth_method: 'client_secret_basic' | 'client_secret_post' | 'none'
  /** Whether PKCE S256 is sent. Only an application that chokes on it turns it off. */
  pkce: boolean
  scopes: Scope[]
  /** What stands between scopes in requests. */
  scopeSeparator: ' ' | ','
  /** Further parameters of the authorization request (`prompt`, `access_type`…). */
  authorizationParameters: Record<string, string>
  /** Seconds an access token lives when the token response does not say; null: until refused. */
  defaultExpiresInSeconds: number | null
  /** Asked with the fresh token; its JSON goes to `readAccount`. */
  identityUrl: string
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
}

export interface ActionResponse {
  /** The whole URL that was asked: its origin is that of the instance. */
  url: string
  status: number
  headers: Headers
  /** Parsed JSON; null for an empty body. */
  json: unknown
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
  /** May run twice with the same input and leave the application as after once. Only such a step runs again by itself after a crash. */
  idempotent: boolean
  run(call: ActionCall<z.output<I>>): Promise<z.input<O>>
}

export interface ActionCall<I> {
  input: I
  request: BoundRequest
  /** The same for every try of one step of one job. */
  idempotencyKey: string
}

/** Types one action by its schemas; the registry holds them untyped. */
export function defineAction<I extends z.ZodType, O extends z.ZodType>(action: Action<I, O>): Action {
  return action as unknown as Action
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
  /** A parent connection's settings: strings, booleans and enums, each with `.meta({ title, description })` for the form. */
  settings: z.ZodType<S>
  actions: Action[]

  oauth(settings: S): OAuthServer
  /**
   * The application's base URL, to which an action's paths are joined. `tokenResponse` is the raw token response, which at some
   * applications names the instance; a value that does not match the declared pattern throws `OutsideError('instance_url_refused')`.
   */
  baseUrl(settings: S, tokenResponse: Record<string, unknown>): URL
  /** Further origins (`https://host:port`) an action may send this credential to, besides the base URL's. */
  origins(settings: S): string[]
  /** Header fields that carry the access token. */
  authorize(accessToken: string): Record<string, string>
  readAccount(identity: unknown): OutsideAccount
  /**
   * Turns the application's answer of 400 and above into our error, with what `Retry-After` asks for; `answerError` of core does the
   * common part. A 401 is handled before it, by refreshing. Never throws, whatever the body is.
   */
  readError(response: ActionResponse): OutsideError
}

/** Every connector by name. */
export type ConnectorRegistry = ReadonlyMap<string, Connector>

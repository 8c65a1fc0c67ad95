import type { z } from 'zod'

/** The HTTP contract as the console sees it: types alone, nothing of the server is bundled. */
type Contract = typeof import('../../src/api/contract.ts')
type Shape<K extends keyof Contract> = Contract[K] extends z.ZodType ? z.infer<Contract[K]> : never
type Connectors = typeof import('../../src/api/connectors-contract.ts')
type Revoking = typeof import('../../src/api/revoking-contract.ts')

export type BulkRevocation = z.infer<Revoking['BulkRevocation']>
export type ConnectionsOfPerson = z.infer<Revoking['ConnectionsOfPerson']>
export type ConsequencesForMany = z.infer<Revoking['ConsequencesForMany']>
export type RevocationCounts = BulkRevocation['revocations']
export type ShutOutPerson = z.infer<Revoking['ShutOutPerson']>

export type ErrorBody = Shape<'ErrorBody'>
export type Person = Shape<'Person'>
export type Session = Shape<'SessionBody'>
export type Role = Shape<'RoleBody'>
export type Project = Shape<'Project'>
export type Group = Shape<'Group'>
export type ApiKey = Shape<'ApiKey'>
export type AuditEvent = Shape<'AuditEvent'>
export type Connector = z.infer<Connectors['ConnectorBody']>
export type Connection = Shape<'Connection'>
export type ConnectionTest = Shape<'ConnectionTest'>
export type Preset = z.infer<Connectors['Preset']>
export type Total = Shape<'Total'>
export type Consequences = Shape<'Consequences'>
export type CredentialUse = Shape<'CredentialUse'>
export type RecipeSummary = Shape<'RecipeSummary'>
export type Recipe = Shape<'RecipeBody'>
export type RecipeVersion = Shape<'RecipeVersion'>
export type Problem = Recipe['problems'][number]
export type JobStatus = Shape<'JobStatus'>
export type JobData = Shape<'JobData'>
export type JobSummary = Shape<'JobSummary'>
export type JobStep = Shape<'JobStep'>
export type Job = Shape<'JobBody'>
export type MyConnection = Shape<'MyConnection'>
export type RunnableRecipe = Shape<'RunnableRecipe'>
export type ChatMessage = Shape<'ChatMessage'>
export type Environment = Connection['environment']

// Shapes that a route of the server keeps to itself; as `/api/openapi.json` publishes them.
interface Named {
  id: string
  name: string
}

export interface Consent {
  id: string
  person: Named
  recipe: Named
  connection: Named & { connector: string; account_label: string | null }
  does: string[]
  created_at: string
}

export interface ChildrenLimit {
  connector: string
  used: number
  limit: number
  warning: boolean
}

export interface Delegation {
  id: string
  person: Named
  connection: Named & { account_label: string | null }
  recipe: Named | null
  state: 'active' | 'lapsed' | 'expired'
  growth: string[]
  created_at: string
  expires_at: string
}

export interface MySession {
  id: string
  browser: string
  signed_in_by: string
  created_at: string
  last_seen_at: string
  expires_at: string
  current: boolean
}

export interface WorkspaceSettings {
  settings: Record<string, unknown>
  schema: Record<string, unknown>
}

export interface SealingKey {
  fingerprint: string
  version: number
  since: string
  kept_in: 'environment' | 'file'
  rotation: {
    from: number
    to: number
    remaining: number
    total: number
    waiting_for: number
    done_at: string | null
  } | null
  steps: string[] | null
}

export interface SignInProvider {
  id: string
  label: string
  issuer: string
  client_id: string
  email_domains: string[]
  emails_are_vouched_for: boolean
  may_create_persons: boolean
  links_owners: boolean
  redirect_uri: string
  created_at: string
}

export interface Namespace {
  id: string
  name: string
  origins: string[]
  redirect_url: string | null
  created_at: string
}

import type { z } from 'zod'

/** The HTTP contract as the console sees it: types alone, nothing of the server is bundled. */
type Contract = typeof import('../../src/api/contract.ts')
type Shape<K extends keyof Contract> = Contract[K] extends z.ZodType ? z.infer<Contract[K]> : never
type Connectors = typeof import('../../src/api/connectors-contract.ts')
type Asking = typeof import('../../src/api/asking-contract.ts')
type Workspace = typeof import('../../src/api/workspace-contract.ts')
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

export type Consent = z.infer<Asking['Consent']>
export type Delegation = z.infer<Asking['Delegation']>
export type ChildrenLimit = z.infer<Asking['ChildrenLimit']>
export type ChildrenByStatus = z.infer<Asking['ChildrenByStatus']>

export type ListedPerson = z.infer<Workspace['ListedPerson']>
export type MySession = z.infer<Workspace['MySession']>
export type Namespace = z.infer<Workspace['Namespace']>
export type NamespaceWithSecret = z.infer<Workspace['NamespaceWithSecret']>
export type SealingKey = z.infer<Workspace['SealingKey']>
export type SignInProvider = z.infer<Workspace['SignInProvider']>
export type WorkspaceSettings = z.infer<Workspace['SettingsForm']>

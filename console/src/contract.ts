import type { z } from 'zod'

/** The HTTP contract as the console sees it: types alone, nothing of the server is bundled. */
type Contract = typeof import('../../src/api/contract.ts') &
  typeof import('../../src/api/asking-contract.ts') &
  typeof import('../../src/api/connectors-contract.ts') &
  typeof import('../../src/api/jobs-contract.ts') &
  typeof import('../../src/api/revoking-contract.ts') &
  typeof import('../../src/api/surfaces-contract.ts') &
  typeof import('../../src/api/workspace-contract.ts')
type Shape<K extends keyof Contract> = Contract[K] extends z.ZodType ? z.infer<Contract[K]> : never

export type BulkRevocation = Shape<'BulkRevocation'>
export type ConnectionsOfPerson = Shape<'ConnectionsOfPerson'>
export type ConsequencesForMany = Shape<'ConsequencesForMany'>
export type RevocationCounts = BulkRevocation['revocations']
export type ShutOutPerson = Shape<'ShutOutPerson'>

export type ErrorBody = Shape<'ErrorBody'>
export type Person = Shape<'Person'>
export type Session = Shape<'SessionBody'>
export type Role = Shape<'RoleBody'>
export type Project = Shape<'Project'>
export type Group = Shape<'Group'>
export type ApiKey = Shape<'ApiKey'>
export type AuditEvent = Shape<'AuditEvent'>
export type Connector = Shape<'ConnectorBody'>
export type Connection = Shape<'Connection'>
export type ConnectionTest = Shape<'ConnectionTest'>
export type Preset = Shape<'Preset'>
export type Total = Shape<'Total'>
export type Consequences = Shape<'Consequences'>
export type CredentialUse = Shape<'CredentialUse'>
export type RecipeSummary = Shape<'RecipeSummary'>
export type Recipe = Shape<'RecipeBody'>
export type RecipeVersion = Shape<'RecipeVersion'>
export type Difference = Shape<'Difference'>
export type PushedRecipe = Shape<'PushedRecipe'>
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

export type Consent = Shape<'Consent'>
export type Delegation = Shape<'Delegation'>
export type DelegationRequest = Shape<'DelegationRequest'>
export type NamedConnection = Shape<'NamedConnection'>
export type ChildrenLimit = Shape<'ChildrenLimit'>
export type ChildrenByStatus = Shape<'ChildrenByStatus'>

export type ListedPerson = Shape<'ListedPerson'>
export type MySession = Shape<'MySession'>
export type Namespace = Shape<'Namespace'>
export type NamespaceWithSecret = Shape<'NamespaceWithSecret'>
export type PersonIdentity = Shape<'PersonIdentity'>
export type SealingKey = Shape<'SealingKey'>
export type SignInProvider = Shape<'SignInProvider'>
export type Surface = Shape<'Surface'>
export type SurfaceCheck = Shape<'SurfaceCheck'>
export type SurfaceInstallation = Shape<'SurfaceInstallation'>
export type WorkspaceSettings = Shape<'SettingsForm'>

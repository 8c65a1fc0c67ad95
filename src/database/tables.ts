import type {
  ChatMessagesTable,
  ConnectAttemptsTable,
  ConnectRequestsTable,
  ConnectVisitsTable,
  ConsentsTable,
  DialogsTable,
  HeldGrantsTable,
} from './tables/asking.ts'
import type { ConnectionsTable, CredentialUsesTable, GrantsTable } from './tables/connections.ts'
import type {
  DelegationRequestsTable,
  DelegationsTable,
  ExternalVisitsTable,
  HeldAnswersTable,
  NamespacesTable,
  NoticesTable,
} from './tables/external.ts'
import type { EmailsTable, JobStepsTable, JobsTable, OutboxTable, WaitsTable, WorkerPoolsTable } from './tables/jobs.ts'
import type {
  ApiKeysTable,
  AuditEventsTable,
  GroupMembersTable,
  GroupsTable,
  IdentitiesTable,
  PasswordsTable,
  PersonsTable,
  ProjectsTable,
  RateLimitsTable,
  SessionsTable,
  WorkspacesTable,
} from './tables/people.ts'
import type {
  RecipeConnectionsTable,
  RecipeRunnersTable,
  RecipesTable,
  RecipeTriggersTable,
  RecipeVersionsTable,
  SchedulesTable,
} from './tables/recipes.ts'
import type { BulkRevocationsTable, FormerClientsTable, RevocationsTable } from './tables/revoking.ts'
import type { DataKeysTable, SealingKeyHoldersTable, SealingKeysTable } from './tables/sealing.ts'
import type {
  SurfaceAppsTable,
  SurfaceEventsTable,
  SurfaceInstallationsTable,
  SurfaceMessagesTable,
} from './tables/surfaces.ts'
import type { ConnectTiesTable, SignInAttemptsTable, SignInProvidersTable } from './tables/ties.ts'

export type { Environment } from './tables/columns.ts'

/** Rows as PostgreSQL gives and takes them; `test/rules` compares them with the migrated database. bigint comes as a string. */
export interface Tables {
  workspaces: WorkspacesTable
  projects: ProjectsTable
  persons: PersonsTable
  identities: IdentitiesTable
  passwords: PasswordsTable
  sessions: SessionsTable
  sign_in_providers: SignInProvidersTable
  sign_in_attempts: SignInAttemptsTable
  rate_limits: RateLimitsTable
  groups: GroupsTable
  group_members: GroupMembersTable
  api_keys: ApiKeysTable
  audit_events: AuditEventsTable
  sealing_keys: SealingKeysTable
  sealing_key_holders: SealingKeyHoldersTable
  data_keys: DataKeysTable
  connections: ConnectionsTable
  grants: GrantsTable
  revocations: RevocationsTable
  former_clients: FormerClientsTable
  bulk_revocations: BulkRevocationsTable
  credential_uses: CredentialUsesTable
  recipes: RecipesTable
  recipe_versions: RecipeVersionsTable
  recipe_triggers: RecipeTriggersTable
  recipe_runners: RecipeRunnersTable
  recipe_connections: RecipeConnectionsTable
  schedules: SchedulesTable
  jobs: JobsTable
  job_steps: JobStepsTable
  waits: WaitsTable
  worker_pools: WorkerPoolsTable
  outbox: OutboxTable
  emails: EmailsTable
  connect_requests: ConnectRequestsTable
  connect_visits: ConnectVisitsTable
  connect_attempts: ConnectAttemptsTable
  connect_ties: ConnectTiesTable
  consents: ConsentsTable
  held_grants: HeldGrantsTable
  chat_messages: ChatMessagesTable
  dialogs: DialogsTable
  namespaces: NamespacesTable
  external_visits: ExternalVisitsTable
  held_answers: HeldAnswersTable
  notices: NoticesTable
  delegations: DelegationsTable
  delegation_requests: DelegationRequestsTable
  surface_apps: SurfaceAppsTable
  surface_installations: SurfaceInstallationsTable
  surface_events: SurfaceEventsTable
  surface_messages: SurfaceMessagesTable
}

import { sql } from 'kysely'
import type { WorkspaceId } from '#core/ids.ts'
import type { Db } from '#database/db.ts'

/** A secret that went with a lost sealing key, and that somebody must give again: nobody is asked for it. */
export interface LostSecret {
  workspaceId: WorkspaceId
  /**
   * oauth_client: a connection's client secret; credential: what a connection itself was connected with by a form; sign_in_provider: its
   * client secret; surface_app: all that its vendor's app needs; namespace: the secret that signs a product's notices.
   */
  kind: 'oauth_client' | 'credential' | 'sign_in_provider' | 'surface_app' | 'namespace'
  id: string
  name: string
}

export const WHY_CREDENTIAL = 'The server’s sealing key was lost, and the credential with it: type it in again.'

/** Those that nobody has given again yet, as of now. */
export async function findLostSecrets(db: Db): Promise<LostSecret[]> {
  const { rows } = await sql<LostSecret>`
    with lost as (select int4send(version) as version from sealing_keys where lost_at is not null),
      parents as (select * from connections where parent_id is null and deleted_at is null and exists (select from lost))
    select workspace_id as "workspaceId", 'oauth_client' as kind, id, name from parents
      where client_id is not null and sealed_client is null
    union all select workspace_id, 'credential', id, name from parents
      where status = 'exception' and status_reason = ${WHY_CREDENTIAL}
    union all select workspace_id, 'sign_in_provider', id, label from sign_in_providers
      where surface_app_id is null and substring(sealed_client_secret from 3 for 4) in (select version from lost)
    union all select workspace_id, 'surface_app', id, surface from surface_apps
      where substring(sealed_secrets from 3 for 4) in (select version from lost)
    union all select workspace_id, 'namespace', id, name from namespaces
      where deleted_at is null and substring(sealed_secret from 3 for 4) in (select version from lost)
    order by kind, name, id`.execute(db)
  return rows
}

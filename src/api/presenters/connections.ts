import type { z } from 'zod'
import type { UseOfCredential } from '#commands/connections/connection-history.ts'
import type { Consequences as Foreseen } from '#commands/connections/cut-off-connections.ts'
import { credentialFieldsFor, type ListedConnection, redirectUriFor } from '#commands/connections/list-connections.ts'
import type { MyConnection as Mine } from '#commands/connections/my-connections.ts'
import type { CommandsContext } from '#commands/context.ts'
import type { Connection, Consequences, CredentialUse, MyConnection } from '../contract.ts'
import { instant } from './instant.ts'

type Shape = z.infer<typeof Connection>

/** A parent or a child, with what belongs to its kind; never a credential. */
export function presentConnection(ctx: CommandsContext, row: ListedConnection): Shape {
  const isChild = row.parent_id !== null
  return {
    id: row.id,
    name: row.name,
    connector: row.connector,
    project_id: row.project_id,
    environment: row.environment,
    parent_id: row.parent_id,
    person: presentOwner(row),
    settings: isChild ? {} : row.settings,
    client_id: row.client_id,
    credential_fields: credentialFieldsFor(ctx, row),
    personal_form: row.personal_form,
    at_once: row.at_once,
    redirect_uri: redirectUriFor(ctx, row),
    redirect_uri_changed: !isChild && row.public_origin !== null && row.public_origin !== ctx.publicUrl.origin,
    // A parent's status says how its own grant is, a child's where it is in its life: the table has one column for both.
    authorization_status: isChild ? null : (row.status as Shape['authorization_status']),
    status: isChild ? (row.status as Shape['status']) : null,
    ...presentLoss(row),
    scopes: row.scopes,
    account:
      row.account_id === null ? null : { id: row.account_id, label: row.account_label ?? '', email: row.account_email },
    surface: row.surface,
    created_at: row.created_at.toISOString(),
    last_authorized_at: instant(row.last_authorized_at),
    last_used_at: instant(row.last_used_at),
    revocation: row.revocation_status && { status: row.revocation_status, outcome: row.revocation_outcome },
    children_count: row.children_count,
  }
}

function presentOwner({ person_id, person_name, person_email, person_kind }: ListedConnection): Shape['person'] {
  return person_id && { id: person_id, name: person_name ?? '', email: person_email, kind: person_kind ?? 'member' }
}

const LOST = new Set(['failed', 'exception', 'lost', 'disconnected', 'orphaned'])

const LOST_REASONS: Record<string, string> = {
  by_person: 'Disconnected by its person.',
  by_administrator: 'Disconnected by an administrator.',
  parent_deleted: 'Its parent connection was deleted.',
}

function presentLoss({ status, status_at, status_reason }: ListedConnection) {
  if (status === null || !LOST.has(status)) return { connection_lost_at: null, connection_lost_reason: null }
  const connection_lost_reason = status_reason && (LOST_REASONS[status_reason] ?? status_reason)
  return { connection_lost_at: status_at.toISOString(), connection_lost_reason }
}

export function presentUse(use: UseOfCredential): z.infer<typeof CredentialUse> {
  const { id, at, recipe, jobId, step, action, accountLabel, requests, httpStatus, outcome } = use
  return {
    id,
    at: at.toISOString(),
    recipe,
    job_id: jobId,
    step,
    action,
    account_label: accountLabel,
    requests,
    http_status: httpStatus,
    outcome,
  }
}

export function presentConsequences(foreseen: Foreseen): z.infer<typeof Consequences> {
  const { sentences, recipes, jobsWaiting, jobsRunning, children } = foreseen
  return { sentences, recipes, jobs_waiting: jobsWaiting, jobs_running: jobsRunning, children }
}

export function presentMyConnection(ctx: CommandsContext, mine: Mine): z.infer<typeof MyConnection> {
  return {
    parent_id: mine.parentId,
    parent_name: mine.parentName,
    connector: mine.connector,
    connector_label: mine.connectorLabel,
    icon: mine.icon,
    environment: mine.environment,
    connection: mine.connection && presentConnection(ctx, mine.connection),
    recipes: mine.recipes,
  }
}

import type { SurfaceAppId, SurfaceInstallationId, WorkspaceId } from './ids.ts'

/** What an administrator set up for a surface. Nothing in it is a secret. */
export interface SurfaceApp {
  id: SurfaceAppId
  workspaceId: WorkspaceId
  surface: string
  settings: Record<string, string>
  /** Names of the secrets that are kept. */
  secretsKept: string[]
  /** Grows with every save. */
  version: number
}

/** A team, an enterprise or a tenant where a surface's app is installed. Nothing in it is a secret. */
export interface SurfaceInstallation {
  id: SurfaceInstallationId
  workspaceId: WorkspaceId
  appId: SurfaceAppId
  /** The vendor's id of it. */
  tenant: string
  label: string
  /** What only the surface itself reads. */
  facts: Record<string, string>
  /** The domains whose verified addresses make somebody there a person who is here already; in lower case. */
  emailDomains: string[]
  allowsGuests: boolean
  /** Whether people of other organisations, met in a shared channel, may use it. */
  allowsStrangers: boolean
  /** Whether an owner saved its domains last: otherwise an address never leads to an owner. */
  setByOwner: boolean
  installedAt: Date
  /** Since when it is no longer; null while it is. */
  removedAt: Date | null
}

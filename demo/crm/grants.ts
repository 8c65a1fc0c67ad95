import type { CrmData } from './crm-data.ts'
import { endGrant } from './oauth-adapter.ts'
import type { Person } from './people.ts'

/** One application's leave to act for a person. */
export interface ConnectedApp {
  grantId: string
  name: string
  scope: string
  grantedAt: number
}

/** The live grants of a person, newest first. */
export function listConnectedApps(data: CrmData, person: Person): ConnectedApp[] {
  return Object.entries(data.oauth.Grant ?? {})
    .filter(([, { payload }]) => payload.accountId?.endsWith(`/${person.userId}`))
    .map(([grantId, { payload }]) => ({
      grantId,
      name: data.clients[String(payload.clientId)]?.client_name ?? String(payload.clientId),
      scope: (payload.openid as { scope?: string } | undefined)?.scope ?? '',
      grantedAt: Number(payload.iat) * 1000,
    }))
    .reverse()
}

/** Ends one grant of a person. False when they have no such grant. */
export function revokeGrant(data: CrmData, person: Person, grantId: string): boolean {
  if (!listConnectedApps(data, person).some((app) => app.grantId === grantId)) return false
  endGrant(data.oauth, grantId)
  return true
}

/** Ends every grant of a person and says how many there were. */
export function revokeGrantsOf(data: CrmData, person: Person): number {
  const apps = listConnectedApps(data, person)
  for (const { grantId } of apps) endGrant(data.oauth, grantId)
  return apps.length
}

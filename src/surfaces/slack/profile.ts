import { z } from 'zod'
import type { SurfaceProfile } from '#commands/surfaces/who-speaks.ts'
import type { SurfaceInstallation } from '#core/surface-app.ts'
import type { CallSlack, Spoken } from './slack-client.ts'

const KEPT_MS = 10 * 60 * 1000
const MOST_KEPT = 10_000

/** People as Slack last described them, by installation and user. */
export type Profiles = Map<string, { profile: SurfaceProfile; until: number }>

const keyOf = (installation: SurfaceInstallation, user: string): string => `${installation.id}/${user}`

/** Who somebody is in Slack; asked there at most once in ten minutes, unless Slack says that it changed. */
export async function readProfile(
  profiles: Profiles,
  { installation, call }: Spoken,
  user: string,
  now: Date,
): Promise<SurfaceProfile> {
  const kept = profiles.get(keyOf(installation, user))
  if (kept && kept.until > now.getTime()) return kept.profile
  const profile = await askFor(call, installation, user)
  if (profiles.size >= MOST_KEPT) profiles.clear()
  profiles.set(keyOf(installation, user), { profile, until: now.getTime() + KEPT_MS })
  return profile
}

/** Slack said that somebody's profile changed. */
export function forgetProfile(profiles: Profiles, installation: SurfaceInstallation, user: string): void {
  profiles.delete(keyOf(installation, user))
}

const UserInfo = z.object({
  user: z.object({
    id: z.string(),
    team_id: z.string().optional(),
    name: z.string().optional(),
    real_name: z.string().optional(),
    deleted: z.boolean().optional(),
    is_bot: z.boolean().optional(),
    is_app_user: z.boolean().optional(),
    is_restricted: z.boolean().optional(),
    is_ultra_restricted: z.boolean().optional(),
    is_stranger: z.boolean().optional(),
    is_email_confirmed: z.boolean().optional(),
    enterprise_user: z.object({ enterprise_id: z.string() }).optional(),
    profile: z.object({ real_name: z.string().optional(), email: z.string().optional() }).optional(),
  }),
})
type User = z.infer<typeof UserInfo>['user']

async function askFor(call: CallSlack, installation: SurfaceInstallation, user: string): Promise<SurfaceProfile> {
  const found = UserInfo.parse(await call('users.info', { user })).user
  return {
    // why: in an enterprise a person is one in all its workspaces.
    tenant: found.enterprise_user?.enterprise_id ?? found.team_id ?? installation.tenant,
    user: found.id,
    name: found.profile?.real_name || found.real_name || found.name || null,
    email: found.profile?.email ?? null,
    emailVerified: found.is_email_confirmed ?? false,
    kind: kindOf(found, installation),
  }
}

function kindOf(user: User, { tenant, facts }: SurfaceInstallation): SurfaceProfile['kind'] {
  if (user.is_bot || user.is_app_user || user.id === 'USLACKBOT') return 'bot'
  if (user.deleted) return 'deactivated'
  const homes = [user.team_id, user.enterprise_user?.enterprise_id]
  const isAtHome = homes.includes(tenant) || (facts.enterprise_id !== undefined && homes.includes(facts.enterprise_id))
  if (user.is_stranger || !isAtHome) return 'stranger'
  return user.is_restricted || user.is_ultra_restricted ? 'guest' : 'member'
}

import { z } from 'zod'
import type { CommandsContext } from '#commands/context.ts'
import type { SurfaceProfile } from '#commands/surfaces/who-speaks.ts'
import { OutsideError } from '#core/errors.ts'
import type { SurfaceApp } from '#core/surface-app.ts'
import type { Activity } from './activity.ts'
import { tenantOf } from './environment.ts'
import { memoryOf } from './memory.ts'
import { callTeams } from './teams-client.ts'

const KEPT_MS = 10 * 60 * 1000
const MOST_KEPT = 10_000

/** Who somebody is, as the conversation's roster has them; asked for at most once in ten minutes. */
export async function readProfile(ctx: CommandsContext, app: SurfaceApp, activity: Activity): Promise<SurfaceProfile> {
  const { profiles } = memoryOf(ctx)
  const key = `${app.id}/${activity.from.id}/${activity.from.aadObjectId}`
  const now = ctx.clock().getTime()
  const kept = profiles.get(key)
  if (kept && kept.until > now) return kept.value
  const profile = await askFor(ctx, app, activity)
  if (profiles.size >= MOST_KEPT) profiles.clear()
  profiles.set(key, { value: profile, until: now + KEPT_MS })
  return profile
}

const Member = z.object({
  id: z.string().nullish(),
  name: z.string().nullish(),
  aadObjectId: z.string().nullish(),
  objectId: z.string().nullish(),
  userPrincipalName: z.string().nullish(),
  userRole: z.string().nullish(),
  tenantId: z.string().nullish(),
})
type Member = z.infer<typeof Member>

async function askFor(ctx: CommandsContext, app: SurfaceApp, { from, serviceUrl, conversation }: Activity) {
  // why: the roster of a thread is its channel's.
  const room = conversation.id.split(';')[0] ?? ''
  const path = `v3/conversations/${encodeURIComponent(room)}/members/${encodeURIComponent(from.id)}`
  try {
    const member = Member.parse(await callTeams(ctx, app, { method: 'GET', serviceUrl, path }))
    return profileOf(app, from, member)
  } catch (error) {
    // why: whoever is no member any more speaks from an account that was taken away.
    if (error instanceof OutsideError && error.code === 'teams_gone')
      return { ...profileOf(app, from, {}), kind: 'deactivated' as const }
    throw error
  }
}

function profileOf(app: SurfaceApp, from: Activity['from'], member: Member): SurfaceProfile {
  const tenant = (member.tenantId ?? tenantOf(app)).toLowerCase()
  const user = (member.aadObjectId ?? member.objectId ?? from.aadObjectId ?? '').toLowerCase()
  const kind = kindOf(app, from, { ...member, tenantId: tenant, aadObjectId: user })
  // why: the name people sign in with is of a domain that the tenant has proved to Microsoft to be its own; their mail address need not be.
  const email = kind === 'member' ? (member.userPrincipalName ?? null) : null
  const name = member.name ?? from.name ?? null
  return { tenant, user, name, email, emailVerified: email === null ? null : true, kind }
}

/** Who has no object id is nobody of any tenant, and no person here. */
function kindOf(app: SurfaceApp, from: Activity['from'], member: Member): SurfaceProfile['kind'] {
  if (from.role === 'bot' || from.id.startsWith('28:') || !member.aadObjectId) return 'bot'
  if (member.tenantId !== tenantOf(app)) return 'stranger'
  const isGuest = /#EXT#/i.test(member.userPrincipalName ?? '') || /guest|anonymous/i.test(member.userRole ?? '')
  return isGuest ? 'guest' : 'member'
}

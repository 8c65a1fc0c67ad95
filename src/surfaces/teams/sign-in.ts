import type { CommandsContext } from '#commands/context.ts'
import type { SurfaceSignIn } from '../surface.ts'
import { environmentOf, tenantOf } from './environment.ts'

/** Sign in with Microsoft, in the app's one tenant, by the app's own client. */
export const teamsSignIn = (ctx: () => CommandsContext): SurfaceSignIn => ({
  label: 'Microsoft',
  clientOf(app) {
    const { mode, app_id: clientId = '' } = app.settings
    if (mode === 'playground' || clientId === '') return null
    const { login } = environmentOf(app, ctx().publicUrl)
    return { issuer: `${login}/${tenantOf(app)}/v2.0`, clientId, secret: 'client_secret' }
  },
  accountOf({ tid, oid }) {
    if (typeof tid !== 'string' || typeof oid !== 'string' || tid === '' || oid === '') return null
    const tenant = tid.toLowerCase()
    return { tenant, user: oid.toLowerCase(), installedIn: [tenant] }
  },
})

import type { CommandsContext } from '#commands/context.ts'
import { findSurfaceApp } from '#commands/surfaces/installed-apps.ts'
import { findAccounts } from '#commands/surfaces/who-speaks.ts'
import type { SurfaceModule } from '../surface.ts'
import { deliver } from './deliver.ts'
import { environmentOf } from './environment.ts'
import { handleActivity } from './handle-activity.ts'
import { placeOfUser } from './place.ts'
import { teamsRoutes } from './routes.ts'
import { teamsSetUp } from './set-up.ts'
import { teamsSignIn } from './sign-in.ts'

/** Microsoft Teams: people's own chats with the bot, mentions in channels and group chats, cards and dialogs. */
export const surface: SurfaceModule<CommandsContext> = {
  make: (ctx) => ({
    name: 'teams',
    label: 'Microsoft Teams',
    deliver: (delivery) => deliver(ctx(), delivery),
    handle: (received) => handleActivity(ctx(), received),
    async addressOf(person) {
      const [account] = await findAccounts(ctx(), 'teams', person)
      const app = account && (await findSurfaceApp(ctx(), account.installation.appId))
      if (!app) return null
      const { user, installation } = account
      const { serviceUrl } = environmentOf(app, ctx().publicUrl)
      return placeOfUser(app, { user, home: installation.tenant, account: user, serviceUrl })
    },
    setUp: teamsSetUp(ctx),
    signIn: teamsSignIn(ctx),
  }),
  keepLines: () => null,
  routes: (ctx) => [{ path: '/surfaces/teams', routes: teamsRoutes(ctx) }],
}

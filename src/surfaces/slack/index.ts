import type { CommandsContext } from '#commands/context.ts'
import { findAccounts } from '#commands/surfaces/who-speaks.ts'
import type { SurfaceModule } from '../surface.ts'
import { deliver } from './deliver.ts'
import { handleEvent } from './handle-event.ts'
import { directly } from './place.ts'
import type { Profiles } from './profile.ts'
import { slackRoutes } from './routes.ts'
import { slackSetUp } from './set-up.ts'
import { signIn } from './sign-in.ts'
import { keepSockets } from './socket-mode.ts'

const profiles: Profiles = new Map()

/** Slack: direct messages, channels, slash commands, buttons, forms and the app's home. */
export const surface: SurfaceModule<CommandsContext> = {
  make: (ctx) => ({
    name: 'slack',
    label: 'Slack',
    deliver: (delivery) => deliver(ctx(), delivery),
    handle: (received) => handleEvent({ ctx: ctx(), profiles }, received),
    async addressOf(person) {
      const [account] = await findAccounts(ctx(), 'slack', person)
      return account
        ? directly({ app: account.installation.appId, tenant: account.installation.tenant, user: account.user })
        : null
    },
    setUp: slackSetUp(ctx),
    signIn,
  }),
  routes: (ctx) => [{ path: '/surfaces/slack', routes: slackRoutes({ ctx, profiles }) }],
  keepLines: (ctx) => keepSockets({ ctx, profiles }),
}

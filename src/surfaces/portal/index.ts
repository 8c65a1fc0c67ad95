import { addChatLine, changeDelivered } from '#commands/chat/chat-lines.ts'
import type { CommandsContext } from '#commands/context.ts'
import { Bug, OutsideError } from '#core/errors.ts'
import type { SurfaceModule } from '../surface.ts'
import { chatRoutes } from './chat-routes.ts'
import { signInRoutes } from './sign-in-routes.ts'

/** The portal: people sign in and run recipes in a chat of their own on the web. What is said there is for its person alone. */
export const surface: SurfaceModule<CommandsContext> = {
  make: (ctx) => ({
    name: 'portal',
    label: 'Portal',
    setUp: null,
    signIn: null,
    async handle({ id }) {
      throw new Bug(`the portal writes nothing down, and was handed ${id}`)
    },
    async addressOf({ kind }) {
      return kind === 'member' ? { return_to: '/chat' } : null
    },
    async deliver({ id, workspaceId, personId, jobId, outgoing }) {
      if (!personId)
        throw new OutsideError('nobody_to_deliver_to', 'A message for nobody has no place in the portal.', {
          retryable: false,
        })
      const { kind, message } = outgoing
      const deliveryId = (kind === 'reply' && outgoing.replaces) || id
      if (deliveryId !== id && (await changeDelivered(ctx(), personId, { deliveryId, message }))) return
      const line = { workspaceId, personId, jobId, deliveryId, from: 'behalf' as const, kind, message }
      await addChatLine(ctx(), line)
    },
  }),
  routes: (ctx) => [
    { path: '/api/chat', routes: chatRoutes(ctx) },
    { path: '/', routes: signInRoutes(ctx) },
  ],
  keepLines: () => null,
}

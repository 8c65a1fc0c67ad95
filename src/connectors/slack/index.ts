import { bearerToken, type Connector } from '#connectors/connector.ts'
import { readAccount } from './account.ts'
import { deleteMessage } from './actions/delete-message.ts'
import { findChannel } from './actions/find-channel.ts'
import { findUser } from './actions/find-user.ts'
import { postForOnePerson } from './actions/post-for-one-person.ts'
import { postMessage } from './actions/post-message.ts'
import { readMessages } from './actions/read-messages.ts'
import { replyInThread } from './actions/reply-in-thread.ts'
import { updateMessage } from './actions/update-message.ts'
import { icon } from './icon.ts'
import { oauthServer } from './oauth-server.ts'
import { readError } from './read-refusal.ts'
import { type Settings, settings } from './settings.ts'

/** Slack, as a person rather than a bot: posts, replies, changes and reads with the person's own token. */
export const connector: Connector<Settings> = {
  name: 'slack',
  label: 'Slack',
  icon,
  personal: true,
  settings,
  actions: [
    postMessage,
    replyInThread,
    postForOnePerson,
    updateMessage,
    deleteMessage,
    readMessages,
    findChannel,
    findUser,
  ],
  authentication: (settings) => ({ kind: 'oauth2', server: oauthServer(settings) }),
  baseUrl: ({ host }) => new URL('/api/', host),
  origins: () => [],
  authorize: bearerToken,
  readAccount,
  readError,
}

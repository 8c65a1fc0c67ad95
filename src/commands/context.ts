import type { Dispatcher } from 'undici'
import type { PersonId } from '#core/ids.ts'
import type { JobsContext } from '#jobs/context.ts'

/** What commands work with: everything below them. */
export interface CommandsContext extends JobsContext {
  /** Who in this process shows a person's chat, to be told when something is said in it. */
  chatListeners: Map<PersonId, Set<() => void>>
  /** The egress, for a library that opens web sockets by itself: it connects to no private address either. */
  socketDispatcher: Dispatcher
}

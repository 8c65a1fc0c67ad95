import type { Dispatcher } from 'undici'
import type { PersonId } from '#core/ids.ts'
import type { JobsContext } from '#jobs/context.ts'

/** What commands work with: everything below them. */
export interface CommandsContext extends JobsContext {
  /** Who in this process shows a person's chat, to be told when something is said in it. */
  chatListeners: Map<PersonId, Set<() => void>>
  /** The egress, for a library that opens web sockets by itself: it connects to no private address either. */
  socketDispatcher: Dispatcher
  /** Until when, by `performance.now()`, somebody in a chat waits for an answer: messages go out at once then, and not every second. */
  chatting: { until: number }
}

import type { ConnectionsContext } from '../../src/connections/context.ts'
import type { OutgoingRequest } from '../../src/core/egress.ts'

export interface HeldAnswer {
  /** Resolves when the other system has answered: what was asked for is done there, and here nobody knows yet. */
  arrived: Promise<void>
  /** Lets the answer through. */
  release(): void
}

/** Holds back the answer to the next request of this server that matches, so that a test can act in the middle of a step. */
export function holdAnswer(
  ctx: Pick<ConnectionsContext, 'egress'>,
  matches: (request: OutgoingRequest) => boolean,
): HeldAnswer {
  const arrived = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  const { egress } = ctx
  let held = false
  ctx.egress = async (request) => {
    const answer = await egress(request)
    if (held || !matches(request)) return answer
    held = true
    arrived.resolve()
    await released.promise
    return answer
  }
  return {
    arrived: arrived.promise,
    release() {
      ctx.egress = egress
      released.resolve()
    },
  }
}

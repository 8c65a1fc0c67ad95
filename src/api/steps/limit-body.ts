import { bodyLimit } from 'hono/body-limit'
import { UserError } from '#core/errors.ts'

const MAX_BODY_BYTES = 2 * 1024 * 1024

/** Refuses a body above 2 MiB with `request_too_large` (413), however its length is told; no more than that is read. */
export const limitBody = bodyLimit({
  maxSize: MAX_BODY_BYTES,
  onError: (c) => {
    // The rest of the body is not read, so nothing can follow it on this connection.
    c.header('connection', 'close')
    throw new UserError('request_too_large', 'Send at most 2 MiB.', { status: 413 })
  },
})

import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Actor } from '#commands/identify.ts'

/** What the steps before a route leave for it. `clientAddress` is set by the server: where the request came from, after trusted proxies. */
export interface ApiEnv {
  Variables: { actor: Actor; clientAddress?: string }
}

export type ApiApp = OpenAPIHono<ApiEnv>

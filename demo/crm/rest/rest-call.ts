import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import type { Caller } from '../access-token.ts'
import { SalesforceError } from './salesforce-error.ts'

/** What a request to the REST API carries once it is authenticated. */
export type Env = { Bindings: HttpBindings; Variables: { caller: Caller } }

/** `v62.0`: the API version a request was made to. */
export function version(c: Context): string {
  return c.req.path.split('/')[3]!
}

/** The body of a request. */
export async function readJson(c: Context): Promise<Record<string, unknown>> {
  try {
    return await c.req.json()
  } catch (error) {
    throw new SalesforceError(400, 'JSON_PARSER_ERROR', (error as Error).message)
  }
}

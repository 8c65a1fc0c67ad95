import { fetch } from 'undici'
import { UserError } from '#core/errors.ts'

/** A server's HTTP API, asked with a key. */
export interface Client {
  get<T>(path: string): Promise<T>
  post<T>(path: string, body: unknown): Promise<T>
}

/** From `BEHALF_URL` and `BEHALF_API_KEY`; undefined when neither is set. Throws a `UserError` when one is missing or no address. */
export function findClient(environment: NodeJS.ProcessEnv): Client | undefined {
  const { BEHALF_URL: url, BEHALF_API_KEY: key } = environment
  if (!url && !key) return undefined
  if (!url || !key)
    throw new UserError(
      'client_not_set',
      'Set BEHALF_URL to the server’s address, and BEHALF_API_KEY to one of its keys.',
    )
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new UserError('client_not_set', `BEHALF_URL is “${url}”, which is no address: https://behalf.example.com`)
  return {
    get: (path) => ask(url, key, path),
    post: (path, body) => ask(url, key, path, body),
  }
}

/** Throws the server's refusal as it stands, and `server_unreachable`. */
async function ask<T>(url: string, key: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(new URL(`/api${path}`, url), {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(60_000),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).catch((cause: unknown) => {
    const message = `${new URL(url).origin} does not answer: see whether BEHALF_URL is right.`
    throw new UserError('server_unreachable', message, { cause })
  })
  const answer = (await response.json().catch(() => ({}))) as { error?: Refusal }
  if (response.ok) return answer as T
  const { code, message, details } = answer.error ?? {
    code: 'server_unreachable',
    message: `No answer of Behalf: ${response.status}.`,
  }
  throw new UserError(code, message, { ...(details && { details }) })
}

interface Refusal {
  code: string
  message: string
  details?: Record<string, unknown>
}

import type { ErrorBody } from '../contract.ts'

/** The server refused, or could not be reached. Its message is meant to be shown as it stands. */
export class ApiError extends Error {
  override name = 'ApiError'
  readonly code: string
  /** The HTTP status; 0 when there was no answer. */
  readonly status: number
  readonly details: Record<string, unknown>

  constructor(code: string, message: string, status: number, details: Record<string, unknown> = {}) {
    super(message)
    this.code = code
    this.status = status
    this.details = details
  }
}

/** One page of a list; `next` is the cursor for `?before=`, null or absent on the last. */
export interface Page<T> {
  data: T[]
  next?: string | null
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/**
 * One call of the API; `path` is below `/api`. Answers the whole body (undefined for an empty one).
 * Without a session the browser leaves for the sign-in page and the promise never settles, so that no page flashes an error.
 * Throws `ApiError`.
 */
export async function request<T>(method: Method, path: string, body?: unknown): Promise<T> {
  const response = await send(method, path, body)
  if (response.status === 401) return leaveForSignIn()
  const answer = await readJson(response)
  if (!response.ok) throw readError(response.status, answer)
  return answer as T
}

/** `data` of an answer. Throws `ApiError`. */
export async function getData<T>(path: string): Promise<T> {
  return (await request<{ data: T }>('GET', path)).data
}

/** `?a=1&b=2` of what is set; empty when nothing is. */
export function queryString(values: Record<string, string | number | undefined>): string {
  const set = Object.entries(values).filter(([, value]) => value !== undefined && value !== '')
  return set.length === 0 ? '' : `?${new URLSearchParams(set.map(([name, value]) => [name, String(value)]))}`
}

async function send(method: Method, path: string, body: unknown): Promise<Response> {
  try {
    return await fetch(`/api${path}`, {
      method,
      headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
  } catch {
    throw new ApiError('unreachable', 'Behalf does not answer. Check that the server runs and that you are online.', 0)
  }
}

function leaveForSignIn(): Promise<never> {
  const here = window.location.pathname + window.location.search
  window.location.assign(`/sign-in?next=${encodeURIComponent(here)}`)
  return new Promise(() => {})
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text()
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    throw new ApiError(
      'unreadable',
      `The server answered ${response.status} with something that is not JSON.`,
      response.status,
    )
  }
}

function readError(status: number, answer: unknown): ApiError {
  const error = (answer as Partial<ErrorBody> | undefined)?.error
  if (error === undefined) return new ApiError('unknown', `The server answered ${status}.`, status)
  const reference = error.reference === undefined ? '' : ` (reference ${error.reference})`
  return new ApiError(error.code, error.message + reference, status, error.details)
}

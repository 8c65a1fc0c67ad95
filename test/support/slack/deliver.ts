import { createHmac } from 'node:crypto'
import type { Sockets } from './sockets.ts'
import type { Json } from './team.ts'
import type { SlackAppWanted } from './world.ts'

/** One request of Slack's servers to the app. */
export interface Sent {
  kind: 'events_api' | 'slash_commands' | 'interactive'
  payload: Json
  /** When it is a repetition: the how-manieth, and why. */
  retry?: { num: number; reason: string }
}

export interface Ack {
  status: number
  /** Parsed where it is JSON; null where it is empty. */
  body: Json
  /** From the sending to the last byte of the answer. */
  ms: number
}

/** Sends it as Slack does: signed, over HTTP, or in an envelope of a WebSocket. */
export async function deliver(app: SlackAppWanted, to: string | Sockets, sent: Sent): Promise<Ack> {
  const start = performance.now()
  if (typeof to !== 'string') {
    const ack = await to.deliver(sent.kind, sent.payload, sent.retry)
    return { status: ack ? 200 : 504, body: ack?.payload ?? null, ms: performance.now() - start }
  }
  const { body, type } = bodyOf(sent)
  const headers = { ...signed(app.signing_secret, body, new Date()), 'content-type': type, ...retryHeaders(sent) }
  return post(to, body, headers)
}

/** Posts a body with these headers, and measures the acknowledgement. */
export async function post(url: string, body: string, headers: Record<string, string>): Promise<Ack> {
  const start = performance.now()
  const answer = await fetch(url, { method: 'POST', body, headers })
  const text = await answer.text()
  const ms = performance.now() - start
  const isJson = answer.headers.get('content-type')?.includes('json')
  return { status: answer.status, body: text === '' ? null : isJson ? JSON.parse(text) : text, ms }
}

/** The body of a request: JSON of an event; a form of a command, and of an interaction with its JSON in `payload`. */
export function bodyOf({ kind, payload }: Sent): { body: string; type: string } {
  if (kind === 'events_api') return { body: JSON.stringify(payload), type: 'application/json' }
  const form = kind === 'interactive' ? { payload: JSON.stringify(payload) } : payload
  return { body: new URLSearchParams(form).toString(), type: 'application/x-www-form-urlencoded' }
}

/** The headers by which an app knows that a body is Slack's, and of when it is. */
export function signed(secret: string, body: string, at: Date): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000))
  const signature = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')
  return { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${signature}` }
}

function retryHeaders({ retry }: Sent): Record<string, string> {
  return retry ? { 'x-slack-retry-num': String(retry.num), 'x-slack-retry-reason': retry.reason } : {}
}

import type { HonoRequest } from 'hono'
import type { WebhookCall } from '#commands/jobs/run-recipe.ts'
import { UserError } from '#core/errors.ts'
import { MAX_LEVELS, nestsTooDeep } from '#core/nests-too-deep.ts'

const MAX_KEY = 200

/** Credentials of somebody else’s, and what is meant for the connection alone (RFC 9110, 7.6.1). */
const LEFT_OUT = new Set([
  'authorization',
  'connection',
  'cookie',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/**
 * What a webhook sends, as its recipe is given it. JSON and forms are read, other bodies are text; a value that comes more than once is a
 * list. A delivery is known again by `Idempotency-Key`, or `webhook-id` (Standard Webhooks). Throws `request_invalid`.
 */
export async function readWebhookCall(
  request: HonoRequest,
): Promise<Pick<WebhookCall, 'body' | 'headers' | 'query' | 'idempotencyKey'>> {
  const headers = request.header()
  const idempotencyKey = headers['idempotency-key'] || headers['webhook-id'] || null
  if (idempotencyKey !== null && idempotencyKey.length > MAX_KEY)
    throw new UserError('request_invalid', `The idempotency-key, or webhook-id, is longer than ${MAX_KEY} characters.`)
  return {
    body: readBody(await request.text(), headers['content-type']?.toLowerCase()),
    headers: readHeaders(headers),
    query: readValues(new URL(request.url).searchParams),
    idempotencyKey,
  }
}

function readHeaders(headers: Record<string, string>): Record<string, string> {
  const named = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase())
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !LEFT_OUT.has(name) && !named.includes(name)))
}

function readBody(text: string, contentType: string | undefined): unknown {
  if (text === '') return null
  if (contentType?.startsWith('application/x-www-form-urlencoded')) return readValues(new URLSearchParams(text))
  if (contentType !== undefined && !/json/.test(contentType)) return text
  const body = readJson(text)
  if (!nestsTooDeep(body)) return body
  throw new UserError('request_invalid', `The body nests more than ${MAX_LEVELS} levels.`)
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new UserError('request_invalid', 'The body is not valid JSON.', { cause })
  }
}

function readValues(values: URLSearchParams): Record<string, string | string[]> {
  const names = [...new Set(values.keys())]
  return Object.fromEntries(
    names.map((name) => {
      const all = values.getAll(name)
      return [name, all.length === 1 ? (all[0] as string) : all]
    }),
  )
}

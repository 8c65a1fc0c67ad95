import { z } from 'zod'
import { OutsideError } from './errors.ts'

/** The largest body that is sent, and the largest answer that is kept, in characters. */
const MAX_CHARACTERS = 1024 * 1024

const Scalar = z.union([z.string(), z.number(), z.boolean()])

const place = {
  url: z.string().min(1).max(8000).meta({
    title: 'Address',
    description:
      'A path below the base URL, such as /orders/17; or a whole URL at an address that the connection names.',
  }),
  query: z.record(z.string(), Scalar).default({}).meta({ title: 'Query', description: 'Parameters, by name.' }),
  headers: z
    .record(z.string().regex(/^[\w-]+$/, 'must be the name of a header'), z.string())
    .default({})
    .meta({
      title: 'Headers',
      description: 'Further headers, by name. The credential is added by itself.',
    }),
}

/** A request that only reads, as a builder writes it. */
export const WrittenGet = z
  .strictObject(place)
  .meta({ examples: [{ url: '/orders/17', query: { expand: 'lines' }, headers: { 'accept-language': 'en' } }] })

/** Any request, as a builder writes it: at most one of `json`, `form` and `text` is its body. */
export const WrittenRequest = z
  .strictObject({
    method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).default('POST').meta({ title: 'Method' }),
    ...place,
    json: z.json().optional().meta({ title: 'JSON', description: 'The body, sent as JSON.' }),
    form: z
      .record(z.string(), Scalar)
      .optional()
      .meta({ title: 'Form', description: 'The body, sent as form fields.' }),
    text: z.string().optional().meta({ title: 'Text', description: 'The body, sent as it is.' }),
    content_type: z
      .string()
      .regex(/^[\w.+-]+\/[\w.+-]+(; ?[\w-]+=[\w.-]+)*$/, 'must be a media type such as text/csv')
      .default('text/plain; charset=utf-8')
      .meta({ title: 'Type of the text', description: 'The media type of a text body: text/csv, application/xml.' }),
    answer: z.enum(['json', 'text']).default('json').meta({ title: 'Answer', description: 'What the answer must be.' }),
  })
  .refine(({ json, form, text }) => [json, form, text].filter((body) => body !== undefined).length <= 1, {
    message: 'give one of json, form and text',
  })
  .refine(({ method, json, form, text }) => method !== 'GET' || (json ?? form ?? text) === undefined, {
    message: 'a GET has no body',
  })
  .refine((input) => (bodyOf(input)?.text.length ?? 0) <= MAX_CHARACTERS, {
    message: 'the body is longer than 1 MiB',
  })
  .meta({ examples: [{ url: '/orders', json: { customer: 'Globex', lines: [{ article: 'A-17', count: 2 }] } }] })

export const WrittenAnswer = z.object({
  status: z.number(),
  headers: z.record(z.string(), z.string()),
  body: z.unknown().meta({ description: 'The JSON, or the text.' }),
})

/** What to send for a written request. */
export function toRequest(input: z.output<typeof WrittenRequest>) {
  const { method, url, query, headers, answer: expects } = input
  const body = bodyOf(input)
  return { method, url, query, headers, expects, ...(body && { body }) }
}

interface WrittenBody {
  json?: unknown
  form?: Record<string, z.output<typeof Scalar>> | undefined
  text?: string | undefined
  content_type: string
}

function bodyOf({ json, form, text, content_type }: WrittenBody): { contentType: string; text: string } | undefined {
  if (json !== undefined) return { contentType: 'application/json', text: JSON.stringify(json) }
  if (text !== undefined) return { contentType: content_type, text }
  if (form === undefined) return undefined
  const fields = new URLSearchParams(Object.entries(form).map(([name, value]) => [name, String(value)]))
  return { contentType: 'application/x-www-form-urlencoded', text: fields.toString() }
}

/**
 * What a step keeps of an answer: cookies are none of its business. Throws `OutsideError('outside_too_large')` for more than 1 MiB; the
 * request may have had its effect.
 */
export function toWrittenAnswer(
  answer: { status: number; headers: Headers; json: unknown; text: string },
  expects: 'json' | 'text',
): z.input<typeof WrittenAnswer> {
  if (answer.text.length > MAX_CHARACTERS)
    throw new OutsideError('outside_too_large', 'The answer is longer than 1 MiB. Ask for less of it.', {
      retryable: false,
      httpStatus: answer.status,
    })
  const headers = Object.fromEntries([...answer.headers].filter(([name]) => name !== 'set-cookie'))
  return { status: answer.status, headers, body: expects === 'json' ? answer.json : answer.text }
}

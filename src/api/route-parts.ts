import { z } from '@hono/zod-openapi'
import { ID_PREFIXES, type Id, type IdKind } from '#core/ids.ts'
import { ErrorBody } from './contract.ts'

/** An id of that kind, in a path, a query or a body. */
export function idOf<K extends IdKind>(kind: K): z.ZodType<Id<K>, Id<K>> {
  const prefix = ID_PREFIXES[kind]
  const schema = z.string().regex(new RegExp(`^${prefix}_[0-9a-z]{1,40}$`), `is no id: those begin with ${prefix}_`)
  return schema as unknown as z.ZodType<Id<K>, Id<K>>
}

/** A product's own id of one of its people. */
export const ExternalId = z.string().min(1).max(200)

/** Where a product has a browser, and word of the outcome, sent: to origins registered for its namespace. */
export const ReturnUrls = {
  /** Where the browser comes back to, with `completion` and `connection_id`; left out: the namespace’s own. */
  redirect_url: z.string().max(2000).optional(),
  /** What is told the outcome by a signed POST. */
  callback_url: z.string().max(2000).optional(),
}

/** `{id}` in a path. */
export const withId = <K extends IdKind>(kind: K) => ({ params: z.object({ id: idOf(kind) }) })

const json = <S extends z.ZodType>(schema: S) => ({ 'application/json': { schema } })

/** A body that must be sent. */
export const bodyOf = <S extends z.ZodType>(schema: S) => ({ body: { content: json(schema), required: true } })

/** A body that may be left out. */
export const maybeBodyOf = <S extends z.ZodType>(schema: S) => ({ body: { content: json(schema), required: false } })

const REFUSALS = {
  401: { description: 'Nobody acts: no session, no good API key.', content: json(ErrorBody) },
  403: { description: 'A privilege is missing; the message names it.', content: json(ErrorBody) },
  default: { description: 'Refused or failed: `error.code` is listed in docs/errors.md.', content: json(ErrorBody) },
}

/** `{ data }` */
export const answers = <S extends z.ZodType>(schema: S, description: string) => ({
  200: { description, content: json(z.object({ data: schema })) },
  ...REFUSALS,
})

/** `{ data }` of something that was made. */
export const answersCreated = <S extends z.ZodType>(schema: S, description: string) => ({
  201: { description, content: json(z.object({ data: schema })) },
  ...REFUSALS,
})

/** No body. */
export const answersNothing = (description: string) => ({ 204: { description }, ...REFUSALS })

/** `{ data: [] }`, all there is. */
export const answersAll = <S extends z.ZodType>(schema: S, description: string) => answers(z.array(schema), description)

/** One page, with whatever is told beside it. */
export const answersPageOf = <S extends z.core.$ZodShape>(shape: S, description: string) => ({
  200: { description, content: json(z.object(shape)) },
  ...REFUSALS,
})

/** `{ data: [], next }`: one page, the newest first. */
export const answersPage = <S extends z.ZodType>(schema: S, description: string) =>
  answersPageOf({ data: z.array(schema), next: z.string().nullable() }, description)

/** A table as `text/csv`. */
export const answersCsv = (description: string) => ({
  200: { description, content: { 'text/csv': { schema: z.string() } } },
  ...REFUSALS,
})

/** The body as it is. */
export const answersFile = (description: string) => ({
  200: { description, content: json(z.record(z.string(), z.unknown())) },
  ...REFUSALS,
})

/** A file of any type. */
export const answersBytes = (description: string) => ({
  200: { description, content: { 'application/octet-stream': { schema: z.string().meta({ format: 'binary' }) } } },
  ...REFUSALS,
})

/** How many a page holds. */
export const Limit = z.coerce
  .number()
  .int()
  .min(1)
  .max(200)
  .default(50)
  .openapi({ type: 'integer', description: 'How many a page holds: 50 unless said, at most 200.' })

/** The cursor of the page after these rows; null when they were the last. */
export function nextOf(rows: { id: string }[], limit: number): string | null {
  return rows.length < limit ? null : (rows.at(-1)?.id ?? null)
}

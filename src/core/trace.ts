import { AsyncLocalStorage } from 'node:async_hooks'
import {
  type Attributes,
  type Context,
  createContextKey,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { Bug, OutsideError, UserError } from './errors.ts'
import type { ConnectionId, JobId, RecipeId } from './ids.ts'

export type { Tracer } from '@opentelemetry/api'

/** What makes spans; null where no traces are sent, and then nothing is done for them. */
export interface Traced {
  tracer: Tracer | null
}

/** All that a trace may tell: ids, names of ours, codes. Never data of a job, the text of an error, an address, or who somebody is. */
export interface SpanFacts {
  job?: JobId | null
  recipe?: RecipeId
  connection?: ConnectionId
  connector?: string
  action?: string
  /** What kind of message is delivered. */
  message?: string
  method?: string
  httpStatus?: number
  /** How it came out: how a job stands after this, why somebody must connect. */
  outcome?: string
  /** Why it failed; makes the span one that failed. */
  code?: string
}

export interface SpanWanted extends SpanFacts {
  /** The hop: a room and what is done there. */
  name: string
  kind?: 'server' | 'client' | 'producer' | 'consumer'
  /**
   * The span it belongs to, from another time or machine, as a W3C `traceparent`; null: it begins a trace. Left out, it is the one
   * that is open around it.
   */
  parent?: string | null
}

const active = new AsyncLocalStorage<Context>()
const CALLER = createContextKey('the span of whoever called this server')

/** Does something within a span, which ends with it; what is thrown is thrown on, with its code on the span. */
export function inSpan<T>({ tracer }: Traced, wanted: SpanWanted, run: () => Promise<T>): Promise<T> {
  if (!tracer) return run()
  const { name, kind, parent, ...facts } = wanted
  const around = parent === undefined ? (active.getStore() ?? ROOT_CONTEXT) : fromTraceparent(parent)
  const options = { kind: kindOf(kind), attributes: attributesOf(facts), links: linksOf(around) }
  const span = tracer.startSpan(name, options, around)
  return active.run(trace.setSpan(around, span), () => endWith(span, run))
}

async function endWith<T>(span: Span, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    note(span, failureOf(error))
    throw error
  } finally {
    span.end()
  }
}

/** Puts what is known by now on the span that is open here, if there is one. */
export function noteOnSpan(facts: SpanFacts): void {
  const span = openSpan()
  if (span) note(span, facts)
}

/** The span that is open here, as it is kept for another time or machine; null where there is none. */
export function traceparentHere(): string | null {
  const span = openSpan()?.spanContext()
  return span ? `00-${span.traceId}-${span.spanId}-0${span.traceFlags & 1}` : null
}

/**
 * Serves a call whose sender told of a span of theirs: traces that begin in it are linked to that span. Never part of its trace. why: anybody
 * can send any `traceparent`, and would put jobs into traces of others, or decide what is recorded.
 */
export function linkedToCaller<T>({ tracer }: Traced, traceparent: string | undefined, run: () => T): T {
  const caller = tracer && traceparent ? readTraceparent(traceparent) : undefined
  return caller ? active.run(ROOT_CONTEXT.setValue(CALLER, caller), run) : run()
}

function openSpan(): Span | undefined {
  const around = active.getStore()
  return around && trace.getSpan(around)
}

function linksOf(around: Context): { context: SpanContext }[] {
  const caller = trace.getSpan(around) ? undefined : (around.getValue(CALLER) as SpanContext | undefined)
  return caller ? [{ context: caller }] : []
}

function fromTraceparent(traceparent: string | null): Context {
  const span = traceparent === null ? undefined : readTraceparent(traceparent)
  return span ? trace.setSpanContext(ROOT_CONTEXT, span) : ROOT_CONTEXT
}

/** https://www.w3.org/TR/trace-context/#traceparent-header */
function readTraceparent(text: string): SpanContext | undefined {
  const [, traceId = '', spanId = '', flags = '0'] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(text) ?? []
  const span = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true }
  return isSpanContextValid(span) ? span : undefined
}

function note(span: Span, facts: SpanFacts): void {
  span.setAttributes(attributesOf(facts))
  if (facts.code !== undefined) span.setStatus({ code: SpanStatusCode.ERROR })
}

function failureOf(error: unknown): SpanFacts {
  const isOurs = error instanceof UserError || error instanceof OutsideError || error instanceof Bug
  const httpStatus = error instanceof OutsideError ? error.httpStatus : undefined
  return { code: isOurs ? error.code : 'unknown', ...(httpStatus !== undefined && { httpStatus }) }
}

const ID = /^[a-z]{3}_[0-9a-z]{26}$/
const WORD = /^[\w./-]{1,100}$/

/** Under which name each fact stands (that of the semantic conventions where they have one), and what it must look like. */
const ATTRIBUTES: Record<keyof SpanFacts, [name: string, form: RegExp]> = {
  job: ['behalf.job.id', ID],
  recipe: ['behalf.recipe.id', ID],
  connection: ['behalf.connection.id', ID],
  connector: ['behalf.connector', WORD],
  action: ['behalf.action', WORD],
  message: ['behalf.message.kind', WORD],
  method: ['http.request.method', WORD],
  httpStatus: ['http.response.status_code', /^\d{3}$/],
  outcome: ['behalf.outcome', WORD],
  code: ['error.type', /^[a-z_]{1,60}$/],
}

/** What does not look as it must is left out: an id may be what a caller typed. */
function attributesOf(facts: SpanFacts): Attributes {
  const attributes: Attributes = {}
  for (const [fact, [name, form]] of Object.entries(ATTRIBUTES)) {
    const value = facts[fact as keyof SpanFacts] ?? ''
    if (form.test(String(value))) attributes[name] = value
  }
  return attributes
}

const KINDS = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
}

const kindOf = (kind: SpanWanted['kind']): SpanKind => (kind ? KINDS[kind] : SpanKind.INTERNAL)

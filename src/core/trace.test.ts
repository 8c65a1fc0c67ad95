import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { beforeEach, expect, test } from 'vitest'
import { OutsideError } from './errors.ts'
import { newId, type RecipeId } from './ids.ts'
import { inSpan, linkedToCaller, noteOnSpan, traceparentHere } from './trace.ts'

const exporter = new InMemorySpanExporter()
const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
const ctx = { tracer: provider.getTracer('test') }
const spans = () => exporter.getFinishedSpans()
beforeEach(() => exporter.reset())

test('without a tracer it is only done', async () => {
  const off = { tracer: null }
  const here = await linkedToCaller(off, `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, () =>
    inSpan(off, { name: 'hop' }, async () => {
      noteOnSpan({ code: 'x' })
      return traceparentHere()
    }),
  )
  expect(here).toBeNull()
  expect(spans()).toEqual([])
})

test('a span belongs to the one around it, or to the one it is given from another time', async () => {
  const kept = await inSpan(ctx, { name: 'first' }, async () => {
    await inSpan(ctx, { name: 'within' }, async () => {})
    return traceparentHere()
  })
  await inSpan(ctx, { name: 'around' }, () => inSpan(ctx, { name: 'later', parent: kept }, async () => {}))
  await inSpan(ctx, { name: 'around' }, () => inSpan(ctx, { name: 'apart', parent: null }, async () => {}))
  const [within, first, later, , apart] = spans()
  for (const span of [within, later]) {
    expect(span?.parentSpanContext?.spanId).toBe(first?.spanContext().spanId)
    expect(span?.spanContext().traceId).toBe(first?.spanContext().traceId)
  }
  expect(apart?.parentSpanContext).toBeUndefined()
})

test.each(['', 'x', `00-${'0'.repeat(32)}-${'b'.repeat(16)}-01`, `01-${'a'.repeat(32)}-${'b'.repeat(16)}-01`])(
  'a parent “%s” is none',
  async (parent) => {
    await inSpan(ctx, { name: 'hop', parent }, async () => {})
    expect(spans()[0]?.parentSpanContext).toBeUndefined()
  },
)

test('what does not look as it must is left out', async () => {
  const recipe = newId('recipe')
  await inSpan(ctx, { name: 'hop', recipe, action: 'create_record' }, async () => {
    noteOnSpan({ recipe: 'typed-by-hand' as RecipeId, action: 'alice@acme.com', outcome: 'two words', code: 'Token9' })
  })
  expect(spans()[0]?.attributes).toEqual({ 'behalf.recipe.id': recipe, 'behalf.action': 'create_record' })
})

test('of an error only its code and status are told, and of a stranger’s nothing', async () => {
  const refused = new OutsideError('outside_refused', 'private', { retryable: false, httpStatus: 409 })
  await expect(inSpan(ctx, { name: 'hop' }, () => Promise.reject(refused))).rejects.toBe(refused)
  const stranger = Object.assign(new Error('private'), { code: 'private', name: 'private' })
  await expect(inSpan(ctx, { name: 'hop' }, () => Promise.reject(stranger))).rejects.toBe(stranger)
  const [first, second] = spans()
  expect(first?.attributes).toEqual({ 'error.type': 'outside_refused', 'http.response.status_code': 409 })
  expect(second?.attributes).toEqual({ 'error.type': 'unknown' })
  for (const span of [first, second]) expect(span).toMatchObject({ status: { code: 2 }, events: [] })
  expect(JSON.stringify([first?.status, second?.status])).not.toContain('private')
})

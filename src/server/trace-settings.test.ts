import { expect, test } from 'vitest'
import { readConfiguration } from './configuration.ts'

const tracesOf = (environment: Record<string, string>) => readConfiguration(environment).traces

test('no collector, no traces', () => {
  expect(tracesOf({})).toBeNull()
  expect(tracesOf({ OTEL_EXPORTER_OTLP_ENDPOINT: '', OTEL_SERVICE_NAME: 'x' })).toBeNull()
})

test.each([
  ['http://127.0.0.1:4318', undefined, 'http://127.0.0.1:4318/v1/traces'],
  ['https://otel.test/otlp/', undefined, 'https://otel.test/otlp/v1/traces'],
  ['http://127.0.0.1:4318', 'https://otel.test/traces', 'https://otel.test/traces'],
])('%s and %s: sent to %s', (base, whole, url) => {
  const traces = tracesOf({ OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: whole ?? '' })
  expect(traces?.url.href).toBe(url)
})

test('headers are read as OpenTelemetry writes them', () => {
  const traces = tracesOf({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20YTpi==, x-team = sales,',
  })
  expect(traces?.headers).toEqual({ authorization: 'Basic YTpi==', 'x-team': 'sales' })
})

test.each([
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'otel.test:4318'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'https://user:secret@otel.test'],
  ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'https://token@otel.test/v1/traces'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'no value'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'x=%zz'],
])('%s=%s stops the start, with what is wrong and without the value', (name, value) => {
  const read = () => readConfiguration({ [name]: value })
  expect(read).toThrow(name)
  expect(read).not.toThrow(value)
})

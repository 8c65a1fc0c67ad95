import { expect, it } from 'vitest'
import { isApplicationUrl, readOrigins } from './application-origin.ts'

it.each([
  ['https://acme.test/oauth/token?tenant=1', true],
  ['https://acme.test', true],
  ['http://127.0.0.1:7201/token', true],
  ['http://acme.test/token', false],
  ['https://alice:pw@acme.test/', false],
  ['https://acme.test/#part', false],
  ['https://acme.test\\@evil.test/', false],
  ['https://acme.test/a b', false],
  ['javascript:alert(1)', false],
  ['/token', false],
  ['', false],
])('%s may be an endpoint: %s', (text, may) => expect(isApplicationUrl(text)).toBe(may))

it('reads a list of origins, or none of it', () => {
  expect(readOrigins('  https://a.test\n https://b.test:8443/ ')).toEqual(['https://a.test', 'https://b.test:8443'])
  expect(readOrigins('')).toEqual([])
  expect(readOrigins('https://a.test https://b.test/path')).toBeUndefined()
  expect(readOrigins('https://a.test,https://b.test')).toBeUndefined()
})

import { describe, expect, it } from 'vitest'
import { resolveActionUrl } from './action-url.ts'

const origins = ['https://uploads.acme.test', 'https://files.acme.test:8443']

function resolve(url: string, { base = 'https://acme.test/api/v3', query = {} } = {}): string {
  return resolveActionUrl({ url, query, baseUrl: new URL(base), origins }).href
}

describe('a path', () => {
  it.each([
    ['/user', 'https://acme.test/api/v3/user'],
    ['/', 'https://acme.test/api/v3/'],
    ['/a%2Fb/..c/.d/e..', 'https://acme.test/api/v3/a%2Fb/..c/.d/e..'],
    ['/q?next=https://evil.test/../x', 'https://acme.test/api/v3/q?next=https://evil.test/../x'],
    ['/@evil.test/', 'https://acme.test/api/v3/@evil.test/'],
    ['/:80/', 'https://acme.test/api/v3/:80/'],
  ])('%s goes below the base URL', (path, expected) => expect(resolve(path)).toBe(expected))

  it('goes below a base without a path', () => {
    expect(resolve('/user', { base: 'https://api.test' })).toBe('https://api.test/user')
    expect(resolve('/user', { base: 'https://api.test/v3/' })).toBe('https://api.test/v3/user')
  })

  it('takes its query encoded, without what is undefined', () => {
    const query = { q: "a = 'b&c#d'", limit: 5, all: false, none: undefined }
    expect(resolve('/q?x=1', { query })).toBe(
      'https://acme.test/api/v3/q?x=1&q=a+%3D+%27b%26c%23d%27&limit=5&all=false',
    )
  })

  it.each([
    ...['/../admin', '/a/../../admin', '/..', '/a/.', '/%2e%2e/admin', '/%2E./admin', '/.%2e', '/./a'],
    ...['/a\\..\\b', '\\\\evil.test', '/\\evil.test', '/\t/evil.test', '/a b', '/a\n', '\u0000/a', ' /a', '/a#b'],
  ])('%j is refused', (path) =>
    expect(() => resolve(path)).toThrow(expect.objectContaining({ code: 'request_refused', retryable: false })),
  )
})

describe('a whole URL', () => {
  it.each([
    'https://acme.test/elsewhere',
    'https://ACME.test:443/api/v3/x?page=2',
    'https://uploads.acme.test/f',
    'https://files.acme.test:8443/f',
  ])('%s goes to its declared origin', (url) => expect(resolve(url)).toBe(new URL(url).href))

  it.each([
    ...['https://evil.test/', 'http://acme.test/', 'https://acme.test:8443/', 'https://files.acme.test/'],
    ...['https://acme.test.evil.test/', 'https://evilacme.test/', 'https://xn--acm-dma.test/', 'https://127.0.0.1/'],
    ...['https://2130706433/', 'https://[::1]/', 'https://acme。test.evil.test/', 'https:evil.test'],
  ])('%s is refused', (url) =>
    expect(() => resolve(url)).toThrow(expect.objectContaining({ code: 'origin_refused', retryable: false })),
  )

  it.each([
    ...[
      '//evil.test/',
      '///evil.test',
      '',
      'user',
      'evil.test/',
      'https://a@acme.test/',
      'https://acme.test:b@evil.test/',
    ],
    ...[
      'https://acme.test\\@evil.test/',
      'https://acme.test/\n',
      'ht\ntps://evil.test/',
      ' https://acme.test/',
      'https://',
    ],
    ...['https://acme.test/a/../b', 'https://acme.test/#x', 'blob:https://acme.test/x'],
    ...['javascript:alert(1)', 'file:///etc/passwd', 'data:text/plain,x', 'ftp://acme.test/', 'mailto:a@acme.test'],
  ])('%j is refused', (url) =>
    expect(() => resolve(url)).toThrow(expect.objectContaining({ code: 'request_refused', retryable: false })),
  )
})

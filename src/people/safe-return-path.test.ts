import { expect, test } from 'vitest'
import { safeReturnPath } from './safe-return-path.ts'

const publicUrl = new URL('https://behalf.example:8443')

test.each([
  ['/', '/'],
  ['/connect/vis_1', '/connect/vis_1'],
  ['/recipes?project=prj_1&q=a%2Fb#steps', '/recipes?project=prj_1&q=a%2Fb#steps'],
  ['/recipes/my%20recipe', '/recipes/my%20recipe'],
  ['/a/../b', '/b'],
  ['/search?next=https://evil.example/', '/search?next=https://evil.example/'],
])('%s is followed', (next, path) => {
  expect(safeReturnPath(next, publicUrl)).toBe(path)
})

test.each([
  null,
  undefined,
  '',
  'recipes',
  'https://evil.example/',
  'https://behalf.example:8443/recipes',
  'javascript:alert(1)',
  '//evil.example',
  '///evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  ' //evil.example',
  '/\u0000/evil.example',
  '/recipes\r\nSet-Cookie: a=b',
  '/.//evil.example',
  '/a/..//evil.example',
  '/%2e//evil.example',
  '/%2fevil.example',
  '/%2Fevil.example',
  '/%252fevil.example',
  '/%5cevil.example',
  '/%255cevil.example',
  '/%09/evil.example',
  '/%0d%0aSet-Cookie:%20a=b',
  '/%2525252525252fevil.example',
  '/%2f%zz',
  `/${'a'.repeat(2000)}`,
])('%j leads to the start page instead', (next) => {
  expect(safeReturnPath(next, publicUrl)).toBe('/')
})

test('whatever it answers stays on this server in the eyes of a browser', () => {
  const parts = ['/', '\\', '.', '..', '@', ':', '%2f', '%5c', '%2e', '\t', '?', '#', 'evil.example', 'https:']
  let state = 7
  const next = () => (state = (state * 48271) % 2147483647)
  for (let round = 0; round < 20_000; round++) {
    let path = '/'
    for (let n = next() % 7; n > 0; n--) path += parts[next() % parts.length]
    const answer = safeReturnPath(path, publicUrl)
    expect(new URL(answer, publicUrl).origin, path).toBe(publicUrl.origin)
    expect(answer, path).toMatch(/^\/(?!\/)/)
  }
})

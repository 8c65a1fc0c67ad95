import { expect, test } from 'vitest'
import { sessionCookie } from './session-cookie.ts'

test('over https the cookie has the __Host- prefix and is Secure', () => {
  expect(sessionCookie(new URL('https://behalf.example'))).toEqual({
    name: '__Host-behalf',
    options: { httpOnly: true, sameSite: 'Lax', secure: true, path: '/', maxAge: 30 * 24 * 60 * 60 },
  })
})

test('over http it has neither, for neither would work there', () => {
  const { name, options } = sessionCookie(new URL('http://localhost:3000'))
  expect(name).toBe('behalf')
  expect(options).toMatchObject({ httpOnly: true, sameSite: 'Lax', secure: false, path: '/' })
})

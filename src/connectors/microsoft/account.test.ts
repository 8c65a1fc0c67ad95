import { expect, it } from 'vitest'
import { readAccount } from './account.ts'

it('knows a person by their object id, and names them by their principal name', () => {
  const me = { id: '87d349ed', displayName: 'Alice Ng', userPrincipalName: 'alice@acme.com', mail: 'alice.ng@acme.com' }
  expect(readAccount(me)).toEqual({ id: '87d349ed', label: 'alice@acme.com', email: 'alice@acme.com' })
})

it('does not believe an address that any tenant could have written', () => {
  const me = { id: '1', userPrincipalName: 'mallory@evil.onmicrosoft.com', mail: 'alice@acme.com' }
  expect(readAccount(me).email).toBe('mallory@evil.onmicrosoft.com')
  const guest = { id: '2', userPrincipalName: 'alice_acme.com#EXT#@evil.onmicrosoft.com', mail: 'alice@acme.com' }
  expect(readAccount(guest).email).toBeNull()
})

import { expect, it } from 'vitest'
import { readAccount } from './account.ts'

it('knows a person by what never changes, and names them by their address', () => {
  const identity = { sub: '118', email: 'alice@acme.com', email_verified: true, hd: 'acme.com' }
  expect(readAccount(identity)).toEqual({ id: '118', label: 'alice@acme.com', email: 'alice@acme.com' })
})

it('takes an address that nobody proved for no sign of whose account it is', () => {
  expect(readAccount({ sub: '118', email: 'ceo@acme.com', email_verified: false }).email).toBeNull()
})
